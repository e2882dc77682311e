# The collector and the ninefold command: no compiler, no shell needed, not root, read-only file system.
FROM node:26-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:26-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=install /app/node_modules ./node_modules
COPY package.json LICENSE index.ts ./
COPY slo ./slo
COPY formats ./formats
COPY alerts ./alerts
COPY dashboards ./dashboards
COPY runbooks ./runbooks
COPY synthetics ./synthetics
COPY catalog ./catalog
COPY collector ./collector
COPY cli ./cli
COPY examples ./examples
COPY platforms ./platforms
# Counts live here; mount a volume owned by uid 1000.
VOLUME ["/data"]
# Generated CronJobs start the command by its name.
RUN ln -s /app/cli/launch.js /usr/local/bin/ninefold
USER node
EXPOSE 9999
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9999/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli/launch.js"]
CMD ["serve", "/workspace"]
