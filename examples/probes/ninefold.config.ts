// Where pages go. Results come from: ninefold probe examples/probes --push http://127.0.0.1:9999.
import { defineConfig } from 'ninefold';

export default defineConfig({
  alertmanagers: [{ url: 'http://127.0.0.1:9093' }],
});
