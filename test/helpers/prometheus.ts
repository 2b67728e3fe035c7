import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './cluster-process.js';
import { freePort } from './free-port.js';

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of this test alone, which reads these ports of this machine each second. */
export class Prometheus implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-prometheus-'));
  readonly #port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, scraped: readonly number[], rules: readonly string[]) {
    this.#port = port;
    const file = join(this.#folder, 'prometheus.json');
    const targets = scraped.map((one) => `127.0.0.1:${one}`);
    writeFileSync(
      file,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: rules,
        scrape_configs: [{ job_name: 'game', static_configs: [{ targets }] }],
      }),
    );
    const options = [`--config.file=${file}`, `--storage.tsdb.path=${join(this.#folder, 'data')}`];
    this.#process = spawn(
      'prometheus',
      [...options, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
      { stdio: 'ignore' },
    );
  }

  static reading(...ports: readonly number[]): Promise<Prometheus> {
    return Prometheus.withRules([], ...ports);
  }

  /** One that works out the rules of these files, too. */
  static async withRules(rules: readonly string[], ...ports: readonly number[]): Promise<Prometheus> {
    const prometheus = new Prometheus(await freePort(), ports, rules);
    await eventually(() => prometheus.#isReady(), 'Prometheus to be ready');
    return prometheus;
  }

  /** What an expression gives now. */
  async query(expression: string): Promise<Series[]> {
    const query = encodeURIComponent(expression);
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1/query?query=${query}`);
    const answer = (await response.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: {
        readonly result: { readonly metric: Series['metric']; readonly value: [number, string] }[];
      };
    };
    if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** What it makes of each rule that it has: how it went, and what is wrong. */
  async rules(): Promise<
    readonly { name: string; health: string; lastError?: string; evaluationTime: number }[]
  > {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: {
        groups: { rules: { name: string; health: string; lastError?: string; evaluationTime: number }[] }[];
      };
    };
    return data.groups.flatMap(({ rules }) => rules);
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#port}/-/ready`)).ok;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What Prometheus' own tool finds wrong with a text of metrics: nothing, when it is as its conventions say. */
export function findingsOf(text: string): string {
  const { stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}
