// The address of a query in Prometheus' own page, in the form that versions 2 and 3 both understand.

/** A graph of the last hour. */
export function prometheusLink(base: string, promql: string): string {
  // URLSearchParams writes spaces as +, which Prometheus reads as it should.
  const query = new URLSearchParams({ 'g0.expr': promql, 'g0.tab': '0', 'g0.range_input': '1h' });
  return `${base.replace(/\/+$/, '')}/graph?${query.toString()}`;
}
