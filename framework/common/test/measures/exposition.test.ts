import { describe, expect, it } from 'vitest';
import { type MeasureDefinition, Measures } from '../../src/index.js';
import { Exposition, exposed } from '../../src/ops.js';

const help = 'Of this test.';
const leftOut = (count: number) =>
  `# HELP pomelo_exposition_left_out Numbers not in this text, as there are too many or their name means two things.
# TYPE pomelo_exposition_left_out gauge
pomelo_exposition_left_out ${count}
`;

/** The text of measures that two servers have. */
function textOf(make: (measures: Measures, server: number) => void, room?: number): string {
  const exposition = new Exposition(room);
  for (const server of [1, 2]) {
    const measures = new Measures();
    make(measures, server);
    measures.refresh();
    const made = [...exposed(measures)].filter(({ definition }) => definition.help === help);
    exposition.add(made, { server: `chat-${server}` });
  }
  return exposition.text();
}

describe('the text for Prometheus', () => {
  it('has all numbers of one name together, each with the labels of its server', () => {
    const text = textOf((measures, server) => {
      measures.make({ kind: 'counter', name: 'a.taken', help }).add(server);
      const ends = measures.make({
        kind: 'counter',
        name: 'round.ends',
        help,
        closed: { label: 'howEnded', values: ['won', 'drawn'] },
      });
      ends.drawn.add(2.5);
    });
    expect(text).toBe(`# HELP pomelo_a_taken_total Of this test.
# TYPE pomelo_a_taken_total counter
pomelo_a_taken_total{server="chat-1"} 1
pomelo_a_taken_total{server="chat-2"} 2
# HELP pomelo_round_ends_total Of this test.
# TYPE pomelo_round_ends_total counter
pomelo_round_ends_total{server="chat-1",how_ended="won"} 0
pomelo_round_ends_total{server="chat-1",how_ended="drawn"} 2.5
pomelo_round_ends_total{server="chat-2",how_ended="won"} 0
pomelo_round_ends_total{server="chat-2",how_ended="drawn"} 2.5
${leftOut(0)}`);
  });

  it('has the edges of counts at a histogram of counts', () => {
    const text = textOf((measures, server) => {
      const sizes = measures.make({ kind: 'histogram', name: 'sizes', help });
      if (server === 1) for (const count of [0, 200, 20_000]) sizes.observe(count);
    });
    const buckets = [...text.matchAll(/^pomelo_sizes_bucket\{server="chat-1",le="([^"]+)"\} (\d)$/gm)];
    expect(buckets.map(([, edge, count]) => `${edge}: ${count}`).join(', ')).toBe(
      '0: 1, 1: 1, 2: 1, 5: 1, 10: 1, 20: 1, 50: 1, 100: 1, 200: 2, 500: 2, 1000: 2, 2000: 2, 5000: 2, 10000: 2, +Inf: 3',
    );
    expect(text).toContain(
      'pomelo_sizes_sum{server="chat-1"} 20200\npomelo_sizes_count{server="chat-1"} 3\n',
    );
  });

  it('adds up the buckets of a histogram, and has nothing of one into which nothing came', () => {
    const text = textOf((measures, server) => {
      const times = measures.make({
        kind: 'histogram',
        name: 'times',
        unit: 'seconds',
        help,
        open: { label: 'route', most: 5 },
      });
      const route = times.of('chat.chatHandler.send');
      if (server === 1) for (const seconds of [0.001, 0.5, 11]) route.observe(seconds);
    });
    const lines = text.split('\n').filter((line) => line.startsWith('pomelo_times'));
    const at = 'pomelo_times_seconds_bucket{server="chat-1",route="chat.chatHandler.send",le=';
    expect(lines).toHaveLength(17);
    expect(lines[0]).toBe(`${at}"0.001"} 1`);
    expect(lines).toContain(`${at}"0.25"} 1`);
    expect(lines).toContain(`${at}"0.5"} 2`);
    expect(lines).toContain(`${at}"10"} 2`);
    expect(lines.slice(14)).toEqual([
      `${at}"+Inf"} 3`,
      'pomelo_times_seconds_sum{server="chat-1",route="chat.chatHandler.send"} 11.501',
      'pomelo_times_seconds_count{server="chat-1",route="chat.chatHandler.send"} 3',
    ]);
  });

  it('lets no value of a label and no help end its line', () => {
    const exposition = new Exposition();
    const definition: MeasureDefinition = {
      kind: 'gauge',
      name: 'odd',
      help: 'one\\two\nthree',
      open: { label: 'name', most: 5 },
    };
    const rows = [['a"b\\c\nd', [Number.NaN]] as const, ['中文', [Number.POSITIVE_INFINITY]] as const];
    exposition.add([{ definition, owner: 'game', rows }], {});
    expect(exposition.text()).toBe(`# HELP game_odd one\\\\two\\nthree
# TYPE game_odd gauge
game_odd{name="a\\"b\\\\c\\nd"} NaN
game_odd{name="中文"} +Inf
${leftOut(0)}`);
  });

  it('gives the names of the conventions to what is of the process alone', () => {
    const text = textOf((measures) => {
      measures.make({ kind: 'counter', name: 'process.cpu', unit: 'seconds', standard: true, help }).add(1);
    });
    expect(text).toContain('process_cpu_seconds_total{server="chat-2"} 1');
    const other = { kind: 'counter', name: 'leader', standard: true, help } as const;
    expect(() => new Measures().make(other)).toThrow('only what begins with process. and is of');
    const ofGame = { kind: 'counter', name: 'process.cpu', standard: true, help } as const;
    expect(() => new Measures().make(ofGame, { owner: 'game' })).toThrow('only what begins with process.');
  });

  it('leaves out and counts what is more than there is room for', () => {
    const many: MeasureDefinition = {
      kind: 'counter',
      name: 'many',
      help,
      closed: { label: 'n', values: 'abcdef'.split('') },
    };
    const times: MeasureDefinition = { kind: 'histogram', name: 'times', unit: 'seconds', help };
    const text = textOf((measures) => {
      (measures.make(times) as { observe(seconds: number): void }).observe(1);
      measures.make(many);
    }, 30);
    const lines = text.split('\n').filter((line) => !line.startsWith('#') && line !== '');
    expect(lines.filter((line) => line.startsWith('pomelo_times'))).toHaveLength(17);
    expect(lines.filter((line) => line.startsWith('pomelo_many'))).toHaveLength(12);
    expect(lines.at(-1)).toBe('pomelo_exposition_left_out 16');
  });

  /** The text of what processes tell, whom nobody has checked. */
  const textOfTold = (...told: [server: string, definition: MeasureDefinition][]) => {
    const exposition = new Exposition();
    for (const [server, definition] of told) {
      const slots = new Array(definition.kind === 'histogram' ? 16 : 1).fill(1);
      const rows = [[definition.open ? 'x' : '', slots] as const];
      exposition.add([{ definition, owner: 'game', rows }], { server, type: 'chat' });
    }
    return exposition.text();
  };
  const counter: MeasureDefinition = { kind: 'counter', name: 'a.b', help };
  const times: MeasureDefinition = { kind: 'histogram', name: 'times', unit: 'seconds', help };

  it.each<[string, MeasureDefinition, number]>([
    ['a label of the process', { ...counter, open: { label: 'type', most: 3 } }, 1],
    ['the label of the buckets', { ...times, open: { label: 'le', most: 3 } }, 16],
    ['what the text has itself', { ...counter, kind: 'gauge', name: 'exposition.leftOut' }, 0],
  ])('leaves out what would make it unreadable: %s', (_what, definition, numbers) => {
    const text = textOfTold(['chat-1', definition], ['chat-1', { ...counter, name: 'fine' }]);
    expect(text).toContain('game_fine_total{server="chat-1",type="chat"} 1');
    expect(text).toContain(`pomelo_exposition_left_out ${numbers}\n`);
  });

  it('leaves out what has the name of the samples of a histogram that more processes tell', () => {
    const clash: MeasureDefinition = { kind: 'gauge', name: 'times.seconds.count', help };
    const text = textOfTold(['chat-1', clash], ['chat-2', times], ['chat-3', times]);
    expect(text).not.toContain('chat-1');
    expect(text.match(/^game_times_seconds_count\{/gm)).toHaveLength(2);
    expect(text).toContain(leftOut(1));
  });

  it('has no sample twice', () => {
    const text = textOfTold(['chat-1', counter], ['chat-1', counter]);
    expect(text.match(/^game_a_b_total/gm)).toHaveLength(1);
    expect(text).toContain(leftOut(1));
  });

  it('gives a name to what most processes tell by it, whoever comes first', () => {
    const liar: MeasureDefinition = { ...counter, open: { label: 'mine', most: 3 } };
    const text = textOfTold(['chat-1', liar], ['chat-2', counter], ['chat-3', counter]);
    expect(text).not.toContain('chat-1');
    expect(text.match(/^game_a_b_total/gm)).toHaveLength(2);
    expect(text).toContain(leftOut(1));
  });

  it('takes no more of a process than its share', () => {
    const exposition = new Exposition(10);
    const open = { label: 'n', most: 100 };
    const rows = Array.from({ length: 100 }, (_, i) => [`${i}`, [1]] as const);
    exposition.add([{ definition: { ...counter, open }, owner: 'game', rows }], { server: 'chat-1' }, 7);
    expect(exposition.room).toBe(3);
    expect(exposition.text()).toContain(leftOut(93));
  });

  it('never has one name for two things: of as many the first one that comes has it', () => {
    const text = textOf((measures, server) => {
      const closed = { label: 'how', values: server === 1 ? ['won'] : ['won', 'lost'] };
      measures.make({ kind: 'counter', name: 'round.ends', help, closed });
    });
    expect(text).toContain('pomelo_round_ends_total{server="chat-1",how="won"} 0');
    expect(text).not.toContain('chat-2');
    expect(text).toContain(leftOut(2));
  });
});
