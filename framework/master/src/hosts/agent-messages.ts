import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import type { ErrorCode, ErrorFacts } from '@pomelo-ts/common';
import type { ProcessHost } from '../processes/process-host.js';

/** What a host agent may be asked to do: all that a {@link ProcessHost} does, and a sign of life. */
export type AgentMethod =
  | 'launch'
  | 'left'
  | 'ended'
  | 'kill'
  | 'lastLines'
  | 'readLog'
  | 'facts'
  | 'missingFiles'
  | 'acting'
  | 'elsewhere'
  | 'ping';

/** How often a master asks an agent for a sign of life, in ms. */
export const pingMs = 1000;

/** First line to the bootstrap: what it needs to become the host agent. */
export interface AgentOrders {
  /** The game's root on this host. */
  readonly root: string;
  /** The host agent's own script. */
  readonly agent: string;
  /** Oldest Node that will do, as `[major, minor]`. */
  readonly oldest: readonly [number, number];
  readonly settings: {
    readonly name: string;
    readonly root: string;
    readonly bootScript: string;
    readonly term?: number;
    /** The master that the agent acts for, for messages. */
    readonly leader?: string;
    /** Where that one listens. */
    readonly at?: MasterAddress;
  };
}

/** From the agent: that it is ready, or what is missing here. */
export type AgentGreeting =
  | { readonly hello: Awaited<ReturnType<ProcessHost['facts']>> }
  | { readonly missing: 'directory' | 'node' | 'framework'; readonly got: string };

export type AgentRequest = {
  readonly n: number;
  readonly method: AgentMethod;
  readonly args: readonly unknown[];
};

/** What went wrong, so that the other end can raise the same error. */
export interface AgentFailure {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly facts?: ErrorFacts<ErrorCode>;
}

export type AgentAnswer =
  | { readonly n: number; readonly result: unknown }
  | { readonly n: number; readonly error: AgentFailure };
