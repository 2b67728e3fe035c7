import { connectOperator, type OperatorClient, type OperatorOptions } from '@pomelo-ts/cluster';
import type { Operations } from '@pomelo-ts/master';
import { ownPrincipal } from './principal.js';

/** A connection to a master, typed by its table of operations; how it is asked does not matter. */
export type MasterClient = Pick<OperatorClient<Operations>, 'operate' | 'close'>;

/** Connects to a master as whoever gives commands here. @throws as `connectOperator` */
export function connectMaster(options: Omit<OperatorOptions, 'principal'>): Promise<MasterClient> {
  return connectOperator<Operations>({ ...options, principal: ownPrincipal() });
}
