// Written by `pomelo-ts gen` from the types of the game. Do not edit: change those, and run it again.

/** What clients and servers of the game say to each other: `connect<GameContract>(…)` of @pomelo-ts/client takes it. */
export interface GameContract {
  /** By route: the body of the request, and of its answer. */
  routes: {
    /** Enters the arena of the room that the player is in; who is in it is told how things are. */
    "arena.arenaHandler.enter": {
      input: unknown;
      answer: ArenaAnswer | Refusal;
    };
    /** Leaves the arena, and stays in the room. */
    "arena.arenaHandler.leave": {
      input: unknown;
      answer: {
        readonly code: 200;
      };
    };
    /** A notify: where the player wants to go. */
    "arena.arenaHandler.steer": {
      input: Steering;
      answer: {};
    };
    /** Says something: to everybody in the room, or to one. */
    "chat.chatHandler.send": {
      input: ChatLine;
      answer: Refusal | {
        readonly code: 200;
      };
    };
    /** Enters a room, of which the answer has the names. A connection enters one room, once. */
    "connector.entryHandler.enter": {
      input: Entry;
      answer: EnterAnswer | Refusal;
    };
    /** Tells the connector for a uid; without a uid the answer is `{code: 500}`. */
    "gate.gateHandler.queryEntry": {
      input: {
        readonly uid: number | string;
      };
      answer: {
        readonly code: 200;
        readonly host: string;
        readonly port: number;
        readonly url?: string;
      } | {
        readonly code: 500;
      };
    };
  };
  /** By route: the body. */
  pushes: {
    /** Somebody came into the room. */
    onAdd: UserPush;
    /** Everybody in the arena, after somebody came or left. */
    onArenaPlayers: PlayersPush;
    /** The phase has changed. */
    onArenaRound: RoundPush;
    /** Somebody was caught. */
    onArenaTag: TagPush;
    /** 20 times a second: what has changed. */
    onArenaTick: TickPush;
    /** Somebody said something. */
    onChat: ChatPush;
    /** Somebody left the room. */
    onLeave: UserPush;
  };
  /** By code: the data of an answer `{code, message, data}` that says what went wrong. */
  errors: {};
}

/** Answer of `arena.arenaHandler.enter`: all that a page needs to draw the arena, as of now. */
export interface ArenaAnswer {
  readonly code: 200;
  readonly you: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly tickMs: number;
  readonly dashRestMs: number;
  readonly pillars: readonly Pillar[];
  readonly round: RoundPush;
  readonly players: readonly Player[];
  readonly tick: {
    readonly tick: number;
    /** Slot, x, y, marks of those who moved or changed. */
    readonly moved: readonly number[];
    /** Slot, score of everybody; now and then. */
    readonly scores: readonly number[];
  };
}

/** Body of `chat.chatHandler.send`. */
export interface ChatLine {
  readonly content: string;
  /** `*`, as when it is absent, for the room; else the name of the one who is meant. */
  readonly target?: string;
}

/** A line of chat. */
export interface ChatPush {
  readonly msg: string;
  readonly from: string;
  /** `*` for the room, else the name of the one who is meant. */
  readonly target: string;
}

/** Answer of `connector.entryHandler.enter`: who is in the room, the newcomer included. */
export interface EnterAnswer {
  readonly users: readonly string[];
}

/** Body of `connector.entryHandler.enter`. */
export interface Entry {
  readonly username: string;
  /** The room. */
  readonly rid: string;
}

/** Something round that nobody can walk through. */
export interface Pillar {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Somebody in an arena. */
export interface Player {
  readonly slot: number;
  readonly name: string;
}

/** Everybody in an arena. */
export interface PlayersPush {
  readonly players?: readonly Player[];
}

/** Answer of a request that was not done. `error` is what clients of pomelo's chat demo look at. */
export interface Refusal {
  readonly code: number;
  readonly error: true;
  readonly message: string;
}

/** A phase of the game. `standings` come with the break. */
export interface RoundPush {
  readonly phase: "break" | "play" | "waiting";
  /** Counts the rounds, from 1. */
  readonly round: number;
  /** How long the phase still takes; 0 while waiting. */
  readonly leftMs: number;
  readonly standings?: readonly Standing[];
}

/** A row of the result, best first. */
export interface Standing {
  readonly name: string;
  readonly score: number;
  readonly slot: number;
}

/** Body of the notify `arena.arenaHandler.steer`: hundredths of full speed, and the number of dashes asked for so far. */
export interface Steering {
  readonly x: number;
  readonly y: number;
  readonly dash?: number;
}

/** The hunter `by` has caught `who`, who hunts now. */
export interface TagPush {
  readonly by: number;
  readonly who: number;
}

/** What a tick has changed. Empty lists are absent in protobuf. */
export interface TickPush {
  readonly tick: number;
  /** Slot, x, y, marks of those who moved or changed. */
  readonly moved?: readonly number[];
  /** Slot, score of everybody; now and then. */
  readonly scores?: readonly number[];
}

/** One of the room. */
export interface UserPush {
  readonly user: string;
}
