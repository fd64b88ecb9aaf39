import { Webhook } from "../admin/webhook.ts";
import { ConfigError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { VERSION } from "../base/version.ts";
import { type Config, systemCaBundle } from "../config/mod.ts";
import { HttpRequester } from "../net/http_request.ts";
import { formatEndpoint } from "../net/mod.ts";

/** What of the configuration the webhook depends on. */
export type WebhookConfig = Pick<
  Config,
  "webhookUrl" | "webhookSecret" | "webhookCaFile" | "auditLiterals" | "apiHost" | "apiPort" | "adminApiKey"
>;

/** The webhook that the configuration names, if any. Errors: `ConfigError` where its authorities cannot be read. */
export function serveWebhook(
  config: WebhookConfig,
  newId: () => string,
  logger: Logger,
): Webhook | undefined {
  const { webhookUrl: url, webhookSecret: secret } = config;
  if (url === undefined) return undefined;
  const client = requester(config, url);
  if (secret === undefined) {
    logger.warn("the webhook's calls are not signed, so its receiver cannot tell them from others'", {
      hint: "Set GATEKEEPER_WEBHOOK_SECRET",
    });
  }
  return new Webhook({
    url,
    secret,
    version: VERSION,
    showSql: !config.auditLiterals,
    dashboard: dashboardAddress(config),
    send: (request) => client.request({ ...request, method: "POST" }),
    newId,
    now: () => Date.now(),
    random: () => Math.random(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    logger,
  });
}

/** The default authorities are emptied for the backend's sake, so those for https are named here. */
function requester({ webhookCaFile }: WebhookConfig, url: URL): HttpRequester {
  const caFile = url.protocol === "https:" ? webhookCaFile ?? systemCaBundle() : undefined;
  if (url.protocol === "https:" && caFile === undefined) {
    throw new ConfigError(
      "GATEKEEPER_WEBHOOK_CA_FILE",
      "No bundle of certificate authorities is found here",
      {
        hint: "Name one with GATEKEEPER_WEBHOOK_CA_FILE",
      },
    );
  }
  try {
    return new HttpRequester({ caFile, keepAlive: true });
  } catch (error) {
    throw new ConfigError(
      "GATEKEEPER_WEBHOOK_CA_FILE",
      `${caFile} cannot be used as certificate authorities`,
      {
        hint: "Name a PEM file that this user may read",
        cause: error,
      },
    );
  }
}

/** Where others may find the dashboard; `undefined` where only this machine could, or its address is not one. */
function dashboardAddress({ adminApiKey, apiHost, apiPort }: WebhookConfig): string | undefined {
  const everywhere = apiHost === "0.0.0.0" || apiHost === "::";
  const onlyHere = apiHost === "localhost" || apiHost === "::1" || apiHost.startsWith("127.");
  if (adminApiKey === undefined || everywhere || onlyHere || apiPort === 0) return undefined;
  return `http://${formatEndpoint({ host: apiHost, port: apiPort })}/`;
}
