// Who tells what the demo does: the screen, plain lines and JSON lines are the sibling files.
import type { OutgoingAlert } from '../../collector/sinks/sink.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Scene } from './scene.ts';
import type { SentCounts } from './sent-counts.ts';

export interface Opening {
  /** Where the collector answers: `http://127.0.0.1:9999`. */
  readonly url: string;
  /** The first second of the shop's history. */
  readonly opened: EpochSeconds;
  /** What the shop knows to have sent, for those who compare. */
  readonly sent: SentCounts;
}

/** Called in this order: `open`, `history` as it passes, `live`, then `show` and `alert` until `end`. */
export interface Reporter {
  /** The collector answers. */
  open(opening: Opening): void;
  /** So much of the history was counted, in seconds; `scene` is made on demand. */
  history(done: number, total: number, scene: () => Scene): void;
  /** The shop is live, so long after the start. */
  live(tookSeconds: number): void;
  /** Once a second, and whenever something was switched. */
  show(scene: Scene): void;
  /** An alert was sent. */
  alert(alert: OutgoingAlert, at: EpochSeconds): void;
  /** Something went wrong that people should know. */
  note(text: string): void;
  /** Gives the terminal back as it was. Also called when nothing else was; a second call does nothing. */
  end(): void;
}
