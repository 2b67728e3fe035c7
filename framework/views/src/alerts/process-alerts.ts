import { severities } from '../severities.js';
import { thresholds } from '../thresholds.js';
import type { Alert } from './alert.js';
import { each } from './expressions.js';

const { loopWarnSeconds, loopPageSeconds, heapShare, cpuShare, filesShare, heapLeakSeconds } = thresholds;
const { diskWarnBytes, diskPageBytes } = thresholds;
/** Many servers of a host have one disk: each is told once. */
const diskFree = `min by (job, host, disk) (${each('pomelo_disk_free_bytes', 'disk')})`;
const files = `${each('process_open_fds{server!=""}')} / ${each('process_max_fds{server!=""}')}`;

/** Processes and what they take of their machines. */
export const processAlerts = {
  PomeloEventLoopSlow: {
    expression: `pomelo:loop_delay:p99 > ${loopWarnSeconds}`,
    for: '2m',
    severity: severities.PomeloEventLoopSlow,
    text: {
      summary: 'The event loop of {{ $labels.server }} is {{ $value | humanizeDuration }} late.',
      means: 'Everything that this server does waits that long, for all its players.',
      look: '`pomelo-ts profile SERVER` shows the functions that take the time; `pomelo-ts top --once --view routes --sort busy`; is its machine busy with something else?',
      act: 'Spread the load: `pomelo-ts add`. Move what computes long out of handlers.',
    },
  },
  PomeloEventLoopStuck: {
    expression: `pomelo:loop_delay:p99 > ${loopPageSeconds}`,
    for: '1m',
    severity: severities.PomeloEventLoopStuck,
    inhibits: { alerts: ['PomeloEventLoopSlow'], equal: ['job', 'server'] },
    text: {
      summary: 'The event loop of {{ $labels.server }} is {{ $value | humanizeDuration }} late.',
      means: 'The game stands still for its players again and again.',
      look: '`pomelo-ts profile SERVER` shows the functions that take the time; `pomelo-ts top --once --view routes --sort busy`; `pomelo-ts logs SERVER`.',
      act: '`pomelo-ts drain SERVER` keeps new players away. `pomelo-ts restart SERVER` when it does not recover. Bring back the code before.',
    },
  },
  PomeloHeapHigh: {
    expression: `pomelo:heap_used:bytes / pomelo:heap_limit:bytes > ${heapShare}`,
    for: '10m',
    severity: severities.PomeloHeapHigh,
    inhibits: { alerts: ['PomeloHeapLeak'], equal: ['job', 'server'] },
    text: {
      summary: 'The heap of {{ $labels.server }} is {{ $value | humanizePercentage }} full.',
      means:
        'When it is full the process ends, with all its players. Before that it collects garbage all the time.',
      look: 'Does it rise for days (a leak), or with the players? `pomelo_heap_used_bytes` by `space`.',
      act: '`pomelo-ts drain SERVER`, then `pomelo-ts restart SERVER`. More room: `args: ["--max-old-space-size=4096"]` in servers.json5.',
    },
  },
  PomeloHeapLeak: {
    expression: `predict_linear(pomelo:heap_used:bytes[2h], ${heapLeakSeconds}) > pomelo:heap_limit:bytes and min_over_time(pomelo:heap_used:bytes[30m]) > min_over_time(pomelo:heap_used:bytes[30m] offset 1h)`,
    for: '1h',
    severity: severities.PomeloHeapLeak,
    text: {
      summary: 'The heap of {{ $labels.server }} will be full within 6 hours.',
      means: 'It has grown for hours, and does not fall after collections of garbage.',
      look: 'What grows with it: channels, sessions, a map of your code that is never emptied? Since which build?',
      act: 'Restart the server at a quiet hour: `pomelo-ts restart SERVER`. Find what is kept with a heap snapshot in a test.',
    },
  },
  PomeloCpuHigh: {
    expression: `pomelo:cpu:rate5m > ${cpuShare}`,
    for: '10m',
    severity: severities.PomeloCpuHigh,
    text: {
      summary: '{{ $labels.server }} uses {{ $value | humanizePercentage }} of a processor.',
      means: 'The code of a game has one processor: this server cannot do more, and gets slow soon.',
      look: '`pomelo-ts top --once --sort cpu`; `--view routes --sort busy`.',
      act: 'Add servers of the type: `pomelo-ts add`.',
    },
  },
  PomeloFilesHigh: {
    expression: `${files} > ${filesShare}`,
    for: '5m',
    severity: severities.PomeloFilesHigh,
    text: {
      summary:
        '{{ $labels.server }} has {{ $value | humanizePercentage }} of the descriptors open that it may.',
      means: 'When there are none left it takes no client, opens no file and cannot write its log.',
      look: 'Do they rise with the clients, or without? `ls -l /proc/PID/fd` tells what they are.',
      act: 'Raise the limit (`LimitNOFILE` of systemd, `ulimit -n`) and restart the server; mend code that opens and does not close.',
    },
  },
  PomeloNoFiles: {
    expression: `${each('increase(pomelo_process_no_files_total[5m])')} > 0`,
    for: '0s',
    severity: severities.PomeloNoFiles,
    inhibits: { alerts: ['PomeloFilesHigh'], equal: ['job', 'server'] },
    text: {
      summary: '{{ $labels.server }} cannot open a file or a connection.',
      means: 'The process, or the whole machine, has no descriptors left: new clients are not taken.',
      look: '`process_open_fds` and `process_max_fds`; `pomelo-ts doctor`; /proc/sys/fs/file-nr of the machine.',
      act: '`pomelo-ts drain SERVER`, raise the limit and restart it.',
    },
  },
  PomeloDiskLow: {
    expression: `${diskFree} < ${diskWarnBytes}`,
    for: '1m',
    severity: severities.PomeloDiskLow,
    text: {
      summary:
        '{{ $value | humanize1024 }}B are left on the disk with the {{ $labels.disk }} of {{ $labels.host }}.',
      means: 'Nothing is wrong yet. On a full disk there are no logs, and no change is written down.',
      look: '`df -h` and `du -sh logs .pomelo-ts` there; `pomelo-ts doctor`. What has grown: logs, heap snapshots, or something that is none of the game?',
      act: 'Make room. `log.maxSize` and `log.keep` in master.json5 bound what logs may take.',
    },
  },
  PomeloDiskFull: {
    expression: `${diskFree} < ${diskPageBytes}`,
    for: '1m',
    severity: severities.PomeloDiskFull,
    inhibits: { alerts: ['PomeloDiskLow'], equal: ['job', 'host', 'disk'] },
    text: {
      summary:
        '{{ $value | humanize1024 }}B are left on the disk with the {{ $labels.disk }} of {{ $labels.host }}.',
      means:
        'Players play on as long as the game writes nothing itself. What servers log is lost; where the state lies, nobody can change anything.',
      look: '`df -h` and `du -sh logs .pomelo-ts` there; `pomelo-ts doctor`.',
      act: 'Make room at once: remove old logs and what is none of the game, never files below .pomelo-ts. Logs are written again by themselves.',
    },
  },
  PomeloUnhandledRejections: {
    expression: `${each('increase(pomelo_process_unhandled_rejections_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloUnhandledRejections,
    text: {
      summary: 'Code of the game on {{ $labels.server }} rejects promises that nobody awaits.',
      means: 'Something failed, and the code that began it does not know: what it was to do is not done.',
      look: '`pomelo-ts logs SERVER`: the error stands there with its place.',
      act: 'Await the promise, or catch what it throws.',
    },
  },
} as const satisfies Readonly<Record<string, Alert>>;
