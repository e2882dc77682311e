// The two services of Clipper that users meet.
import { defineService } from 'ninefold';

export const api = defineService({
  name: 'clipper-api',
  team: 'clipper',
  tier: 'critical',
  description: 'The Go API: clips are stored, tagged and found here.',
});

export const frontend = defineService({
  name: 'clipper-frontend',
  team: 'clipper',
  tier: 'high',
  description: 'nginx with the web application.',
});
