// The view of a collector that is still being made: empty and not ready, until there is one to look at.
import type { CollectorView } from './view.ts';

/** Everything goes to what `current` gives; while that is nothing, lists are empty and readiness says why. */
export function createLateView(current: () => CollectorView | undefined): CollectorView {
  return {
    slos: () => current()?.slos() ?? [],
    instances: () => current()?.instances() ?? [],
    instance: (id) => current()?.instance(id),
    history: async (id, from, to, step) => (await current()?.history(id, from, to, step)) ?? [],
    alerts: () => current()?.alerts() ?? [],
    alertEvents: async (query) => (await current()?.alertEvents(query)) ?? [],
    sources: () => current()?.sources() ?? [],
    readiness: () =>
      current()?.readiness() ?? { ready: false, reasons: ['the store is being opened'] },
  };
}
