// Links out of a dashboard and out of its panels.

/** A link in a dashboard's head: to all dashboards with a tag, or to an address. */
export type DashboardLink =
  | { readonly title: string; readonly tag: string }
  | { readonly title: string; readonly url: string; readonly newTab: boolean };

/** A link on a value; Grafana's variables stand in its address: `/d/abc?var-service=${__field.labels.service}`. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
}
