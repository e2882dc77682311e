// The traces of a command's runs on their way to where OpenTelemetry's variables say; nothing is loaded where they say nothing.
import { type Run, runSpans } from '../../synthetics/index.ts';
import type { Terminal } from '../terminal.ts';

export interface SpanSender {
  add(run: Run): void;
  /** Resolves when what waits is sent or given up, and says what is lost. */
  end(): Promise<void>;
}

const GIVE_UP_AFTER_MS = 10_000;

export async function openSpanSender(terminal: Terminal): Promise<SpanSender> {
  const { environment } = terminal;
  const set = (name: string): boolean => (environment[name] ?? '') !== '';
  const wanted = set('OTEL_EXPORTER_OTLP_ENDPOINT') || set('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  if (!wanted || environment['OTEL_TRACES_EXPORTER'] === 'none')
    return { add: () => {}, end: async () => {} };
  const { createPlainSpanExporter } = await import('../../collector/plain-span-exporter.ts');
  const name = set('OTEL_SERVICE_NAME') ? environment['OTEL_SERVICE_NAME'] : undefined;
  const exporter = createPlainSpanExporter(name ?? 'ninefold-probe');
  return {
    add(run) {
      for (const span of runSpans(run)) exporter.add(span);
    },
    async end() {
      const { lost, reason } = await exporter.end(GIVE_UP_AFTER_MS);
      if (lost > 0) terminal.err(`ninefold: ${lost} spans are lost: ${reason}`);
    },
  };
}
