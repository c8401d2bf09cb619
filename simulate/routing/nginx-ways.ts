/** What becomes of an annotation of ingress-nginx in the Gateway API. */
export interface GatewayWay {
  /** The form in an HTTPRoute, or beside it. */
  readonly form: string;
  /** Whether `gatewayForms` writes it. @default false: somebody has to */
  readonly written?: true;
}

const PROXY = 'a policy of the implementation, such as its BackendTrafficPolicy; the Gateway API has none';
const LIMITS = 'a policy of the implementation that limits rates or connections; the Gateway API has none';
const AUTH = 'a policy of the implementation, or a program before the Service; the Gateway API has none';
const SNIPPET = 'none: text for nginx.conf means nothing to another program; write what it does as filters';
const STICKY = 'sessionPersistence of a rule (experimental channel), or what the implementation has of its own';
const CORS = 'the filter CORS of a rule (Gateway API 1.5, where the implementation has it)';
const TLS_CLIENT =
  'frontend validation of the listener of the Gateway (experimental channel), or a policy of the implementation';
const TLS_BACKEND = 'a BackendTLSPolicy for the Service';
const SOURCES = 'a policy of the implementation, or a firewall before the Gateway; the Gateway API has none';
const OBSERVED = 'a setting of the implementation for the whole Gateway';
const FIREWALL = 'a web application firewall before the Gateway; the Gateway API has none';
const written = (form: string): GatewayWay => ({ form, written: true });
const all = (names: string, form: string): Readonly<Record<string, GatewayWay>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, { form }]));

/** By annotation without its prefix; each that ingress-nginx 1.15.1 knows is here. */
export const GATEWAY_WAYS: Readonly<Record<string, GatewayWay>> = {
  canary: written('two backendRefs of one rule'),
  'canary-weight': written('weight of the two backendRefs'),
  'canary-weight-total': written('weight of the two backendRefs'),
  'canary-by-header': written('rules with a match of the header (always, never) before the plain rule'),
  'canary-by-header-value': written('a rule with a match of the header before the plain rule'),
  'canary-by-header-pattern': written('a match of type RegularExpression, which implementations may lack'),
  'canary-by-cookie': written('a match of the header Cookie of type RegularExpression, which implementations may lack'),
  'rewrite-target': written('the filter URLRewrite, where the pattern is a prefix; else none'),
  'use-regex': written('a path match of type RegularExpression, which implementations may lack'),
  'ssl-redirect': written('an HTTPRoute at the listener of HTTP with the filter RequestRedirect'),
  'force-ssl-redirect': written('an HTTPRoute at the listener of HTTP with the filter RequestRedirect'),
  'permanent-redirect': written('the filter RequestRedirect'),
  'permanent-redirect-code': written('statusCode of the filter RequestRedirect'),
  'temporal-redirect': written('the filter RequestRedirect'),
  'temporal-redirect-code': written('statusCode of the filter RequestRedirect'),
  'app-root': written('a rule for the exact path / with the filter RequestRedirect'),
  'upstream-vhost': written('hostname of the filter URLRewrite'),
  'x-forwarded-prefix': written('the filter RequestHeaderModifier'),
  'server-alias': written('further hostnames of the route'),
  'mirror-target': written('the filter RequestMirror, where it leads to a Service of the cluster'),
  ...all('mirror-request-body mirror-host', 'nothing: RequestMirror copies the body, and the Host with it'),
  'from-to-www-redirect': { form: 'an HTTPRoute for the other host with the filter RequestRedirect' },
  'preserve-trailing-slash': { form: 'nothing: paths are not changed' },
  'relative-redirects': { form: 'none: a redirect names scheme and host' },
  'backend-protocol': { form: 'appProtocol of the Service port; a GRPCRoute; a BackendTLSPolicy for HTTPS' },
  'default-backend': { form: 'a rule for the path prefix / with that Service' },
  'proxy-read-timeout': { form: 'timeouts.request of the rule, which counts the whole request' },
  ...all('proxy-connect-timeout proxy-send-timeout', PROXY),
  ...all(
    'proxy-next-upstream proxy-next-upstream-timeout proxy-next-upstream-tries',
    'retry of a rule (experimental channel)',
  ),
  ...all('proxy-body-size client-body-buffer-size proxy-request-buffering proxy-http-version', PROXY),
  ...all(
    'proxy-buffering proxy-buffers-number proxy-buffer-size proxy-busy-buffers-size proxy-max-temp-file-size',
    PROXY,
  ),
  ...all('proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to connection-proxy-header', PROXY),
  ...all('service-upstream upstream-hash-by upstream-hash-by-subset upstream-hash-by-subset-size load-balance', PROXY),
  ...all('custom-http-errors disable-proxy-intercept-errors http2-push-preload', PROXY),
  'custom-headers': { form: 'the filter ResponseHeaderModifier' },
  ...all('affinity affinity-mode affinity-canary-behavior session-cookie-name session-cookie-path', STICKY),
  ...all(
    'session-cookie-domain session-cookie-change-on-failure session-cookie-samesite session-cookie-partitioned',
    STICKY,
  ),
  ...all('session-cookie-expires session-cookie-max-age session-cookie-secure', STICKY),
  'session-cookie-conditional-samesite-none': { form: STICKY },
  ...all('auth-realm auth-secret auth-secret-type auth-type auth-url auth-cache-key auth-cache-duration', AUTH),
  ...all('auth-keepalive auth-keepalive-share-vars auth-keepalive-requests auth-keepalive-timeout', AUTH),
  ...all('auth-proxy-set-headers auth-method auth-signin auth-signin-redirect-param auth-response-headers', AUTH),
  ...all('auth-request-redirect auth-always-set-cookie enable-global-auth satisfy', AUTH),
  ...all('auth-tls-secret auth-tls-verify-depth auth-tls-verify-client auth-tls-error-page', TLS_CLIENT),
  ...all('auth-tls-pass-certificate-to-upstream auth-tls-match-cn', TLS_CLIENT),
  ...all('proxy-ssl-secret proxy-ssl-ciphers proxy-ssl-name proxy-ssl-protocols proxy-ssl-verify', TLS_BACKEND),
  ...all('proxy-ssl-verify-depth proxy-ssl-server-name', TLS_BACKEND),
  ...all('enable-cors cors-allow-origin cors-allow-methods cors-allow-headers cors-expose-headers', CORS),
  ...all('cors-allow-credentials cors-max-age', CORS),
  ...all('limit-connections limit-rps limit-rpm limit-rate limit-rate-after limit-burst-multiplier', LIMITS),
  ...all('limit-whitelist limit-allowlist', LIMITS),
  ...all('denylist-source-range whitelist-source-range allowlist-source-range', SOURCES),
  ...all('configuration-snippet server-snippet stream-snippet auth-snippet modsecurity-snippet', SNIPPET),
  ...all('enable-modsecurity enable-owasp-core-rules modsecurity-transaction-id', FIREWALL),
  ...all('enable-access-log enable-rewrite-log enable-opentelemetry', OBSERVED),
  ...all('opentelemetry-trust-incoming-span opentelemetry-operation-name', OBSERVED),
  ...all(
    'ssl-ciphers ssl-prefer-server-ciphers',
    'options of the listener of the Gateway, where the implementation has them',
  ),
  'ssl-passthrough': { form: 'a listener of protocol TLS with mode Passthrough, and a TLSRoute' },
};
