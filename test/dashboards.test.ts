import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recordings } from '../framework/views/src/alerts.js';
import { clusterQueries, serverQueries } from '../framework/views/src/figure-queries.js';
import { clusterFigures, serverFigures } from '../framework/views/src/past.js';
import { askedOf, dashboards, files } from './helpers/dashboards.js';
import { readYaml } from './helpers/read-yaml.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'deploy/observability');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Names of all series that there can be. */
const known = new Set<string>(Object.keys(recordings));
for (const [, name, kind] of read('docs/reference/metrics.md').matchAll(
  /^\| `[^`]+` \| `([^`]+)` \| (\w+)/gm,
))
  for (const end of kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) known.add(`${name}${end}`);

describe('the dashboards', () => {
  it('are what their tables say (npm run docs)', () => {
    expect(readdirSync(join(folder, 'dashboards')).sort()).toEqual(Object.keys(files).sort());
    for (const [name, text] of Object.entries(files))
      expect(read(`deploy/observability/dashboards/${name}`)).toBe(text);
  });

  it('ask for nothing that is not measured', () => {
    const asked = askedOf('game', '1m');
    expect(asked.length).toBeGreaterThan(80);
    const names = asked.flatMap(
      ({ expression }) => expression.match(/\b(?:pomelo|process)[_:][\w:]+/g) ?? [],
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('and the queries of the charts of the page ask for nothing that is not measured, each figure for its own', () => {
    const queries = [...Object.values(clusterQueries), ...Object.values(serverQueries('chat-1'))];
    expect(Object.keys(clusterQueries).sort()).toEqual([...clusterFigures].sort());
    expect(Object.keys(serverQueries('chat-1')).sort()).toEqual([...serverFigures].sort());
    expect(new Set(queries).size).toBe(queries.length);
    const names = queries.flatMap((query) => query.match(/\b(?:pomelo|process)[_:][\w:]+/g) ?? []);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const query of Object.values(serverQueries('a"b')))
      for (const selector of query.match(/\{[^}]+\}/g)!) expect(selector).toContain('server="a\\"b"');
  });

  it.each(Object.entries(dashboards))(
    '%s has panels that are all seen, each another',
    (_name, { panels }) => {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [at, a] of panels.entries()) {
        expect(a.gridPos.x + a.gridPos.w).toBeLessThanOrEqual(24);
        for (const b of panels.slice(at + 1))
          expect([a.title, b.title, overlap(a.gridPos, b.gridPos)]).toContain(false);
      }
    },
  );
});

type Place = (typeof dashboards)[string]['panels'][number]['gridPos'];
const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

interface Service {
  readonly image: string;
  readonly network_mode: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<'prometheus' | 'alertmanager' | 'grafana', Service>>;
  readonly volumes: Readonly<Record<string, object>>;
}

describe('the compose file', () => {
  const { services, volumes } = readYaml<Compose>(join(folder, 'compose.yml'));
  const mounts = Object.values(services).flatMap((service) =>
    service.volumes.map((text) => {
      const [from, to, mode] = text.split(':');
      return { from: from!, to: to!, mode };
    }),
  );
  /** Where a path in a container is here. */
  const here = (path: string): string => {
    const mount = mounts.find(({ to }) => path === to || path.startsWith(`${to}/`));
    return mount ? join(folder, mount.from, path.slice(mount.to.length)) : `${path} is not mounted`;
  };
  const option = (service: Service, name: string) =>
    service.command?.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);

  it('mounts what there is, and no container can change it', () => {
    const shipped = mounts.filter(({ from }) => from.startsWith('.'));
    expect(shipped.length).toBe(6);
    for (const { from, mode } of shipped)
      expect([from, existsSync(join(folder, from)), mode]).toEqual([from, true, 'ro']);
    const kept = mounts.filter(({ from }) => !from.startsWith('.')).map(({ from }) => from);
    expect(kept.sort()).toEqual(Object.keys(volumes).sort());
  });

  it('names the version of each image', () => {
    for (const { image } of Object.values(services))
      expect(image).toMatch(/^[\w-]+\/[\w-]+:v?\d+\.\d+\.\d+$/);
  });

  it('has all of them listen to this host alone, and Grafana without a password that others know', () => {
    const { prometheus, alertmanager, grafana } = services;
    for (const { network_mode } of [prometheus, alertmanager, grafana]) expect(network_mode).toBe('host');
    expect(option(prometheus, 'web.listen-address')).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(option(alertmanager, 'web.listen-address')).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(option(alertmanager, 'cluster.listen-address')).toBe('');
    expect(grafana.environment).toMatchObject({
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SECURITY_ADMIN_PASSWORD: expect.stringMatching(/^\$\{GRAFANA_PASSWORD:\?.+\}$/),
    });
  });

  it('has each find the others, and the files that it is told of', () => {
    const { prometheus, alertmanager, grafana } = services;
    const config = readYaml<{
      rule_files: string[];
      alerting: { alertmanagers: [{ static_configs: [{ targets: string[] }] }] };
    }>(here(option(prometheus, 'config.file')!));
    expect(config.rule_files.map((file) => here(`/etc/prometheus/${file}`))).toEqual([
      join(folder, 'rules.yml'),
    ]);
    expect(config.alerting.alertmanagers[0].static_configs[0].targets).toEqual([
      option(alertmanager, 'web.listen-address'),
    ]);
    expect(here(option(alertmanager, 'config.file')!)).toBe(join(folder, 'alertmanager.yml'));
    const { datasources } = readYaml<{ datasources: [{ url: string }] }>(
      join(folder, 'grafana/datasources.yml'),
    );
    expect(datasources[0].url).toBe(`http://${option(prometheus, 'web.listen-address')}`);
    const { providers } = readYaml<{ providers: [{ options: { path: string } }] }>(
      join(folder, 'grafana/dashboards.yml'),
    );
    expect(here(providers[0].options.path)).toBe(join(folder, 'dashboards'));
    const home = grafana.environment!['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']!;
    expect(existsSync(here(home))).toBe(true);
  });
});
