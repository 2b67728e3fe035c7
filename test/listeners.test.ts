import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const framework = fileURLToPath(new URL('../framework/', import.meta.url));

/** Files that make servers of Node, and how each hears that a connection cannot be taken, which would else end its process. */
const listeners: Readonly<Record<string, RegExp | 'it only reads what others have accepted'>> = {
  'admin/src/http/server.ts': /hearAcceptFailures\(server/,
  'cli/src/doctor/check-ports.ts': /server\.once\('error'/, // it ends as soon as it listens
  'common/src/ops/ops-port.ts': /hearAcceptFailures\(opened\.#server/,
  'common/src/trust/secure-door.ts': 'it only reads what others have accepted',
  'core/src/acceptor/http-side.ts': 'it only reads what others have accepted',
  'core/src/acceptor/hybrid-acceptor.ts': /#tcp\.on\('error', \(\) => this\.counters\.clientFailedAccepts/,
  'master/src/listener/master-listener.ts': /listener\.#server\.on\('error'/,
  'rpc/src/transport/tcp.ts': /server\.on\('error', \(error\) => onRefused/,
};

const listing = (): readonly string[] =>
  readdirSync(framework).flatMap((name) =>
    readdirSync(`${framework}${name}`)
      .filter((folder) => folder === 'src')
      .flatMap((folder) =>
        readdirSync(`${framework}${name}/${folder}`, { recursive: true, encoding: 'utf8' }),
      )
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${name}/src/${file}`),
  );
const sourceOf = (file: string): string => readFileSync(`${framework}${file}`, 'utf8');

describe('whatever listens', () => {
  it('is known here', () => {
    const all = listing().filter((file) =>
      /import \{[^}]*\bcreateServer\b[^}]*\} from 'node:/.test(sourceOf(file)),
    );
    expect(all.sort()).toEqual(Object.keys(listeners).sort());
  });

  it.each(Object.entries(listeners))('in %s hears when a connection cannot be taken', (file, ear) => {
    if (typeof ear === 'string') expect(sourceOf(file)).not.toMatch(/#server\.listen\(|server\.listen\(/);
    else expect(sourceOf(file)).toMatch(ear);
  });
});
