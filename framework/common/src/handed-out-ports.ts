import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ports that a machine gives to outgoing connections, so that a server may find its own one taken by such. */
export interface HandedOutPorts {
  readonly lowest: number;
  readonly highest: number;
  /** Whether a port is one of them: those that are reserved are not. */
  includes(port: number): boolean;
}

/** Where Linux says so (Documentation/networking/ip-sysctl.rst of the kernel); it counts for IPv6, too. */
const settings = '/proc/sys/net/ipv4';

/** The ports that this machine hands out; undefined where the system does not tell. */
export function handedOutPorts(folder = settings): HandedOutPorts | undefined {
  try {
    const [lowest, highest] = numbersIn(readFileSync(join(folder, 'ip_local_port_range'), 'utf8'));
    if (lowest === undefined || highest === undefined) return undefined;
    const reserved = rangesIn(readFileSync(join(folder, 'ip_local_reserved_ports'), 'utf8'));
    const includes = (port: number) =>
      port >= lowest && port <= highest && !reserved.some(([from, to]) => port >= from && port <= to);
    return { lowest, highest, includes };
  } catch {
    return undefined; // no Linux, or no right to read it
  }
}

const numbersIn = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);

/** `4050-4059,6050`. */
const rangesIn = (text: string): readonly (readonly [from: number, to: number])[] =>
  text.split(',').flatMap((part) => {
    const [from, to = from] = numbersIn(part);
    return from === undefined || to === undefined ? [] : [[from, to] as const];
  });
