// Asks a Prometheus as Grafana does; an answer that is an error fails.

export interface Answer {
  readonly labels: Readonly<Record<string, string>>;
  /** The value, or the last one of a range. */
  readonly value: number;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Answers now, or over the last seconds. @throws Error with Prometheus' complaint and the query */
export async function askPrometheus(
  url: string,
  query: string,
  overSeconds?: number,
): Promise<readonly Answer[]> {
  const now = Date.now() / 1000;
  const range =
    overSeconds === undefined
      ? {}
      : { start: String(now - overSeconds), end: String(now), step: '5' };
  const path = overSeconds === undefined ? 'query' : 'query_range';
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: new URLSearchParams({ query, ...range }),
  });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result: readonly Series[] };
  };
  if (answer.data === undefined) throw new Error(`${answer.error ?? answer.status}: ${query}`);
  return answer.data.result.map(({ metric, value, values }) => ({
    labels: metric,
    value: Number((value ?? values?.at(-1))?.[1]),
  }));
}

/** Values of a label on the series that a selector selects. */
export async function labelValues(
  url: string,
  selector: string,
  label: string,
): Promise<readonly string[]> {
  const response = await fetch(
    `${url}/api/v1/label/${label}/values?${new URLSearchParams({ 'match[]': selector }).toString()}`,
  );
  const { data = [] } = (await response.json()) as { readonly data?: readonly string[] };
  return data;
}
