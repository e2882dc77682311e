// What Clipper's front end promises. nginx counts no status codes, so its access log is the truth.
import { defineSlo, lokiRatio, prometheusGauge } from 'ninefold';
import { frontend } from './services.ts';

export const availability = defineSlo({
  service: frontend,
  name: 'availability',
  description: 'Page and asset requests that do not fail, from the access log.',
  objective: '99.9%',
  sli: lokiRatio({
    total: '{app="frontend"} | json | __error__=""',
    good: '{app="frontend"} | json | __error__="" | status < 500',
  }),
});

export const reachability = defineSlo({
  service: frontend,
  name: 'reachability',
  description: 'Minutes in which the home page came, with the assets that it names.',
  objective: '99.5%',
  sli: prometheusGauge({ expression: 'max(probe_success{probe="frontend"})', goodWhen: '== 1' }),
});
