import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, relative } from 'node:path';
import type { ConfigFile } from '@pomelo-ts/common/config';
import { hostPort, isEverywhere, isLoopback } from '@pomelo-ts/common/internal';
import type { MasterSettings } from '../settings-types.js';
import type { Claim, MasterClaims } from './claims.js';
import { type Path, type Problems, show, showPath } from './problems.js';
import { valueAt } from './schema-tree.js';
import type { SettingsOutput } from './settings-schema.js';
import type { PlacedServer } from './topology.js';

/** Checks that concern several servers at once: ids, ports, frontends. */
export function checkTopology(
  file: string,
  placed: readonly PlacedServer[],
  claims: readonly Claim[],
  master: MasterClaims,
  problems: Problems,
): void {
  checkIds(file, claims, master, problems);
  checkPorts(file, claims, master, problems);
  checkUrls(file, placed, problems);
  for (const { server, path } of placed) {
    if (server.frontend && server.clientPort === undefined)
      problems.add(file, path, `the frontend ${server.id} has no clientPort; clients could not connect`);
  }
}

function checkIds(file: string, claims: readonly Claim[], master: MasterClaims, problems: Problems): void {
  const owners = new Map<string, string>([[master.id, 'the master']]);
  for (const { id, path } of claims) {
    const owner = owners.get(id);
    if (owner) problems.add(file, [...path, 'id'], `the id ${id} is already that of ${owner}`);
    else owners.set(id, showPath(path));
  }
}

/** Who wants a port of a host; `at` is the one address of it that is wanted, where not all may be. */
interface Wish {
  readonly owner: string;
  readonly at: string | undefined;
}

function checkPorts(file: string, claims: readonly Claim[], master: MasterClaims, problems: Problems): void {
  const wishes = new Map<string, Wish[]>();
  for (const { host, port } of master.addresses)
    wishes.set(addressOf(host, port), [{ owner: 'the master', at: undefined }]);
  wishOfMaster(wishes, master);
  for (const claim of claims) {
    const { id, host, path } = claim;
    for (const { key, port, listen } of portsOf(claim)) {
      const at = oneAddress(listen);
      const place = addressOf(host, port);
      const others = wishes.get(place) ?? [];
      const other = others.find((one) => one.at === undefined || at === undefined || one.at === at);
      if (other)
        problems.add(
          file,
          [...path, ...key],
          `${id} wants ${hostPort(host, port)}, which ${other.owner} has`,
        );
      else wishes.set(place, [...others, { owner: `${showPath(key)} of ${id}`, at }]);
    }
  }
}

/** The master tells of itself at a port of its own, on each machine where one may run. */
function wishOfMaster(wishes: Map<string, Wish[]>, { addresses, ops }: MasterClaims): void {
  if (!ops) return;
  for (const { host } of addresses) {
    const place = addressOf(host, ops.port);
    const wish = { owner: 'opsPort of the master', at: oneAddress(ops.listen) };
    wishes.set(place, [...(wishes.get(place) ?? []), wish]);
  }
}

/** The one address of a host that is listened at; undefined where it may be any. */
function oneAddress(listen: string | undefined): string | undefined {
  return listen !== undefined && isIP(listen) !== 0 && !isEverywhere(listen) ? listen : undefined;
}

/** A port that a server wants, where its entry says so, and the address that it is wanted of. */
interface ClaimedPort {
  readonly key: Path;
  readonly port: number;
  readonly listen: string | undefined;
}

function portsOf(claim: Claim): ClaimedPort[] {
  const { host, port, clientPort, clientListen, acceptorPorts = [], opsPort, opsListen } = claim;
  return [
    ...(port === undefined ? [] : [{ key: ['port'], port, listen: host }]),
    ...(clientPort === undefined ? [] : [{ key: ['clientPort'], port: clientPort, listen: clientListen }]),
    ...acceptorPorts.flatMap((one, index) =>
      Number.isNaN(one) ? [] : [{ key: ['acceptors', index, 'port'], port: one, listen: clientListen }],
    ),
    ...(opsPort === undefined ? [] : [{ key: ['opsPort'], port: opsPort, listen: opsListen }]),
  ];
}

/** Checks that each frontend but gates, which are all alike, has a URL of its own: a ticket names one of them. */
function checkUrls(file: string, placed: readonly PlacedServer[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const { server, path } of placed) {
    const { id, type, clientUrl } = server;
    if (clientUrl === undefined || type === 'gate') continue;
    const owner = owners.get(clientUrl);
    if (owner === undefined) owners.set(clientUrl, id);
    else
      problems.add(
        file,
        [...path, 'clientUrl'],
        `${id} has ${show(clientUrl)}, which is that of ${owner} already; expected a URL for each, such as one with {id}`,
      );
  }
}

/** Checks that hosts which are set up apart from the others are in the topology: a slip there would go unseen. */
export function checkHosts(
  file: ConfigFile | undefined,
  placed: readonly PlacedServer[],
  master: MasterSettings | undefined,
  problems: Problems,
): void {
  const known = [...new Set(placed.map(({ server }) => server.host))];
  for (const name of Object.keys(master?.hosts ?? {}))
    if (!known.includes(name))
      problems.add(
        file?.file ?? 'config/master.json5',
        [...(file?.path ?? []), 'hosts', name],
        `expected a host of servers.json, one of ${known.join(', ')}`,
      );
}

/** Names of this machine count as one host: a port can be had once, whatever it is called. */
function addressOf(host: string, port: number): string {
  const here = isLoopback(host) || isEverywhere(host);
  return `${here ? 'localhost' : host.toLowerCase()} ${port}`;
}

/**
 * Checks that what a gate hands out are frontends. The default is not checked where the type it names is missing: a gate may
 * choose by itself.
 */
export function checkGate(
  file: ConfigFile | undefined,
  placed: readonly PlacedServer[],
  settings: SettingsOutput | undefined,
  problems: Problems,
): void {
  const key = ['gate', 'serverType'];
  const given = valueAt(file?.value, key) !== undefined;
  const servers = placed.map(({ server }) => server);
  const handedOut = servers.filter(({ type }) => type === settings?.gate.serverType);
  if (!settings || !servers.some(({ type }) => type === 'gate')) return;
  if (handedOut.some(({ frontend }) => frontend) || (handedOut.length === 0 && !given)) return;
  const frontends = [...new Set(servers.flatMap(({ frontend, type }) => (frontend ? [type] : [])))];
  problems.add(
    file?.file ?? 'config/settings.json5',
    [...(file?.path ?? []), ...key],
    `expected the type of a frontend, one of ${frontends.join(', ')}; got ${show(settings.gate.serverType)}`,
  );
}

/** What a call for a client's package has beside it: the route, and the session's id, uid and settings as far as they are short. */
const besidePackage = 1024;

/** Checks that the longest package of a client can be handed to a backend. */
export function checkFrames(
  file: ConfigFile | undefined,
  settings: SettingsOutput | undefined,
  problems: Problems,
): void {
  if (!settings) return;
  const { rpc, client } = settings;
  const least = client.maxPackageBytes + besidePackage;
  if (rpc.maxFrameBytes >= least) return;
  problems.add(
    file?.file ?? 'config/settings.json5',
    [...(file?.path ?? []), 'rpc', 'maxFrameBytes'],
    `expected at least ${least} bytes, got ${rpc.maxFrameBytes}: a package of a client may have ${client.maxPackageBytes} (client.maxPackageBytes), and could not be handed to a backend`,
  );
}

/** Checks that there is a type of servers that make rising ids where one is named. */
export function checkGenerator(
  file: ConfigFile | undefined,
  placed: readonly PlacedServer[],
  settings: SettingsOutput | undefined,
  problems: Problems,
): void {
  const type = settings?.ids.generatorType;
  const types = [...new Set(placed.map(({ server }) => server.type))];
  if (type === undefined || types.includes(type)) return;
  problems.add(
    file?.file ?? 'config/settings.json5',
    [...(file?.path ?? []), 'ids', 'generatorType'],
    `expected a server type of the topology, one of ${types.join(', ')}; got ${show(type)}`,
  );
}

/** Checks that each type has its folder in the app. */
export function checkFolders(
  file: string,
  placed: readonly PlacedServer[],
  root: string,
  appDir: string,
  problems: Problems,
): void {
  const seen = new Set<string>();
  for (const { server, path } of placed) {
    if (seen.has(server.type)) continue;
    seen.add(server.type);
    const folder = join(appDir, 'app', 'servers', server.type);
    if (!existsSync(folder))
      problems.add(
        file,
        path.slice(0, -1),
        `expected the folder ${relative(root, folder)} for the code of this type`,
      );
  }
}
