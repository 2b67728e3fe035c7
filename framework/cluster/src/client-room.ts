/** How many connections of clients a process may hold. */
export interface ClientRoom {
  /** All that clients may have open: as clients, before they are, and while they end. */
  readonly connections: number;
  /** How many of them may be clients: the others have to be able to say what they are. */
  readonly clients: number;
}

/** Files that a server has open beside its clients: modules, its log, the link, a connection to each other server. */
const otherFiles = 256;
/** Connections that always have a place to say what they are. */
const spareConnections = { least: 16, most: 20_000, share: 1 / 16 };

/** What there is room for in a process that may open so many files: beyond it the system takes connections of anybody and closes them. */
export function clientRoom(openFiles: number): ClientRoom {
  const connections = openFiles - Math.min(otherFiles, Math.floor(openFiles / 4));
  const { least, most, share } = spareConnections;
  const spare = Math.min(most, Math.max(least, Math.ceil(connections * share)));
  return { connections, clients: Math.max(1, connections - spare) };
}

/** How many files a process must be able to open, to have room for so many clients: {@link clientRoom} the other way round. */
export function openFilesFor(clients: number): number {
  const { least, most, share } = spareConnections;
  const connections = Math.min(clients + most, Math.max(clients + least, Math.ceil(clients / (1 - share))));
  const withQuarter = Math.floor(((connections - 1) * 4) / 3) + 1;
  return clients <= 1 ? 1 : Math.min(connections + otherFiles, withQuarter);
}
