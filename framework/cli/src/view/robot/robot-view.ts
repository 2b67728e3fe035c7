import type { RobotReport } from '@pomelo-ts/client/robot';
import type { Terminal } from '../../terminal.js';
import { liveView } from './live-view.js';
import { plainLine } from './plain-line.js';

/** Shows how a load test goes on. */
export interface RobotView {
  show(report: RobotReport): void;
  /** A line of a script, or about the run. */
  print(line: string): void;
  /** Takes away what was drawn: a summary follows. */
  end(): void;
}

/** Of a run that nobody watches there is a line so often. */
const lineMs = 5000;

/** A table that is drawn again for who watches, else a line now and then. */
export function robotView(terminal: Terminal): RobotView {
  if (terminal.live) return liveView(terminal);
  let nextMs = 0;
  return {
    show(report) {
      if (report.elapsedMs < nextMs) return;
      nextMs = report.elapsedMs + lineMs;
      terminal.out(plainLine(report));
    },
    print: (line) => terminal.out(line),
    end() {},
  };
}
