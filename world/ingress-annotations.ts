/** The annotations of ingress-nginx without their prefix: its documentation ("Annotations") at the last release, 1.15.1. */
export const NGINX_ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['app-root', 'affinity', 'affinity-mode', 'affinity-canary-behavior', 'auth-realm', 'auth-secret'],
  ...['auth-secret-type', 'auth-type', 'auth-tls-secret', 'auth-tls-verify-depth', 'auth-tls-verify-client'],
  ...['auth-tls-error-page', 'auth-tls-pass-certificate-to-upstream', 'auth-tls-match-cn', 'auth-url'],
  ...['auth-cache-key', 'auth-cache-duration', 'auth-keepalive', 'auth-keepalive-share-vars'],
  ...['auth-keepalive-requests', 'auth-keepalive-timeout', 'auth-proxy-set-headers', 'auth-snippet', 'auth-method'],
  ...['auth-signin', 'auth-signin-redirect-param', 'auth-response-headers', 'auth-request-redirect'],
  ...['auth-always-set-cookie', 'enable-global-auth', 'backend-protocol', 'canary', 'canary-by-header'],
  ...['canary-by-header-value', 'canary-by-header-pattern', 'canary-by-cookie', 'canary-weight'],
  ...['canary-weight-total', 'client-body-buffer-size', 'configuration-snippet', 'custom-http-errors'],
  ...['disable-proxy-intercept-errors', 'custom-headers', 'default-backend', 'enable-cors', 'cors-allow-origin'],
  ...['cors-allow-methods', 'cors-allow-headers', 'cors-expose-headers', 'cors-allow-credentials', 'cors-max-age'],
  ...['force-ssl-redirect', 'from-to-www-redirect', 'http2-push-preload', 'limit-connections', 'limit-rps'],
  ...['limit-rpm', 'limit-rate', 'limit-rate-after', 'limit-burst-multiplier', 'limit-whitelist'],
  ...['limit-allowlist', 'permanent-redirect', 'permanent-redirect-code', 'temporal-redirect'],
  ...['temporal-redirect-code', 'relative-redirects', 'preserve-trailing-slash', 'proxy-body-size'],
  ...['proxy-cookie-domain', 'proxy-cookie-path', 'proxy-connect-timeout', 'proxy-send-timeout'],
  ...['proxy-read-timeout', 'proxy-next-upstream', 'proxy-next-upstream-timeout', 'proxy-next-upstream-tries'],
  ...['proxy-request-buffering', 'proxy-redirect-from', 'proxy-redirect-to', 'proxy-http-version'],
  ...['proxy-ssl-secret', 'proxy-ssl-ciphers', 'proxy-ssl-name', 'proxy-ssl-protocols', 'proxy-ssl-verify'],
  ...['proxy-ssl-verify-depth', 'proxy-ssl-server-name', 'enable-rewrite-log', 'rewrite-target', 'satisfy'],
  ...['server-alias', 'server-snippet', 'service-upstream', 'session-cookie-name', 'session-cookie-path'],
  ...['session-cookie-domain', 'session-cookie-change-on-failure', 'session-cookie-samesite'],
  ...['session-cookie-partitioned', 'session-cookie-expires', 'session-cookie-max-age', 'session-cookie-secure'],
  ...['session-cookie-conditional-samesite-none', 'ssl-redirect', 'ssl-passthrough', 'stream-snippet'],
  ...['upstream-hash-by', 'upstream-hash-by-subset', 'upstream-hash-by-subset-size', 'x-forwarded-prefix'],
  ...['load-balance', 'upstream-vhost', 'denylist-source-range', 'whitelist-source-range'],
  ...['allowlist-source-range', 'proxy-buffering', 'proxy-buffers-number', 'proxy-buffer-size'],
  ...['proxy-busy-buffers-size', 'proxy-max-temp-file-size', 'ssl-ciphers', 'ssl-prefer-server-ciphers'],
  ...['connection-proxy-header', 'enable-access-log', 'enable-opentelemetry', 'opentelemetry-trust-incoming-span'],
  ...['opentelemetry-operation-name', 'use-regex', 'enable-modsecurity', 'enable-owasp-core-rules'],
  ...['modsecurity-transaction-id', 'modsecurity-snippet', 'mirror-request-body', 'mirror-target', 'mirror-host'],
]);

/** Annotations that older releases of ingress-nginx had: who runs one may still mean them. */
export const NGINX_REMOVED: ReadonlySet<string> = new Set([
  ...['secure-backends', 'grpc-backend', 'base-url-scheme', 'add-base-url', 'session-cookie-hash'],
  ...['upstream-fail-timeout', 'upstream-max-fails', 'secure-verify-ca-secret', 'lua-resty-waf'],
  ...['lua-resty-waf-debug', 'lua-resty-waf-ignore-rulesets', 'lua-resty-waf-extra-rules'],
  ...['lua-resty-waf-allow-unknown-content-types', 'lua-resty-waf-score-threshold'],
  ...['lua-resty-waf-process-multipart-body', 'enable-influxdb', 'influxdb-measurement', 'influxdb-port'],
  ...['influxdb-host', 'influxdb-server-name', 'enable-opentracing', 'opentracing-trust-incoming-span'],
  ...['fastcgi-index', 'fastcgi-params-configmap', 'global-rate-limit', 'global-rate-limit-window'],
  ...['global-rate-limit-key', 'global-rate-limit-ignored-cidrs'],
]);

/** Those that put text into nginx.conf: refused unless the controller's ConfigMap has `allow-snippet-annotations: "true"` (1.9). */
export const NGINX_SNIPPETS: ReadonlySet<string> = new Set([
  ...['configuration-snippet', 'server-snippet', 'stream-snippet', 'auth-snippet', 'modsecurity-snippet'],
]);

/**
 * What Traefik reads of an Ingress, without prefix and in lower case (pkg/provider/kubernetes/ingress/annotations.go, 3.5.0 to 3.7.9); with
 * another `router.` annotation it leaves the Ingress out.
 */
export const TRAEFIK_ROUTER =
  /^router\.(pathmatcher|entrypoints|middlewares|priority|rulesyntax|tls(\.(options|certresolver|domains\.\d+\.(main|sans)))?|observability(\.(accesslogs|metrics|tracing|traceverbosity))?)$/;
