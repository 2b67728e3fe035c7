/** One value that a server runs with. */
export interface RunningValue {
  /** `server.port`, `settings.rpc.timeout`, `crons.chat`, `secret`. */
  readonly path: string;
  /** As its file would say it; `***` where nobody may read it. */
  readonly value: unknown;
  /** A file and the place in it, an environment variable, or `default`. */
  readonly from: string;
  /** What the files say by now, where that is something else. */
  readonly now?: { readonly value?: unknown; readonly from: string };
}

/** What a server runs with, and where that came from. */
export interface ServerConfig {
  readonly values: readonly RunningValue[];
  /** Why it is not known where some of it came from, or what it is. */
  readonly problem?: string;
}

/** Where a value came from that no file says. */
const byDefault = 'default';

/** In place of a value that nobody may read. */
const hidden = '***';

/** One line of a {@link ConfigPart}. */
export interface ConfigLine {
  /** The setting, without the name of its part: `rpc.timeout`. */
  readonly name: string;
  /** As JSON. */
  readonly value: string;
  /** A file with the place that has the setting; without the setting's own name, which stands beside it. */
  readonly from: string;
  readonly isDefault: boolean;
  /** What the files say by now, as JSON, and where; the value is empty where they say nothing. */
  readonly now?: { readonly value: string; readonly from: string };
}

/** Lines that belong together: those of the server itself, settings of all, crons. */
export interface ConfigPart {
  readonly name: string;
  readonly lines: readonly ConfigLine[];
}

/** What a server runs with as people read it: what somebody has written down before what is so by default, each in its order. */
export function configParts({ values }: ServerConfig): readonly ConfigPart[] {
  const nameOf = ({ path }: RunningValue): string => path.split('.', 1)[0]!;
  return [...new Set(values.map(nameOf))].map((name) => {
    const lines = values.filter((value) => nameOf(value) === name).map((value) => lineOf(name, value));
    return {
      name,
      lines: [false, true].flatMap((wanted) => lines.filter((one) => one.isDefault === wanted)),
    };
  });
}

function lineOf(part: string, { path, value, from, now }: RunningValue): ConfigLine {
  const name = path === part ? path : path.slice(part.length + 1);
  const shown = (one: unknown): string =>
    one === undefined ? '' : one === hidden ? hidden : JSON.stringify(one);
  return {
    ...{ name, value: shown(value), from: withoutName(from, name), isDefault: from === byDefault && !now },
    ...(now && { now: { value: shown(now.value), from: withoutName(now.from, name) } }),
  };
}

/** A place without the name of what stands there. */
function withoutName(from: string, name: string): string {
  const end = [`.${name}`, ` ${name}`].find((one) => from.endsWith(one));
  return end === undefined ? from : from.slice(0, -end.length);
}
