// Runs the shop of docker-compose.yml until it is stopped. POST /fail?service=checkout&share=1 breaks a service.
import { openShop } from './shop.ts';

const { SHOP_KAFKA, SHOP_LOKI, SHOP_LISTEN = '127.0.0.1:8080' } = process.env;
const [host = '127.0.0.1', port = '8080'] = SHOP_LISTEN.split(':');
const shop = await openShop({
  host,
  port: Number(port),
  ...(SHOP_KAFKA === undefined ? {} : { kafka: SHOP_KAFKA }),
  ...(SHOP_LOKI === undefined ? {} : { loki: SHOP_LOKI }),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void shop.close().then(() => process.exit(0)));
