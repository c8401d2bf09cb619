import type { Platform, ValuesOf } from 'strata';
import { Config, Controller, Probe, resources, settingsOf, text, Volume, Workload, whole } from 'strata';

/** What environments, clusters and targets may choose, and what holds where none does. */
export const webSettings = settingsOf('web', {
  /** Pods of the web app, while no autoscaler owns the number. */
  replicas: whole(2, { min: 1 }),
  /** What one pod asks for and may use. */
  resources: resources({ cpu: '20m', memory: '32Mi', memoryLimit: '64Mi' }),
  /** What the page says. */
  greeting: text('Welcome', /^[^\n]{1,200}$/, 'a line of at most 200 characters'),
});

declare module 'strata' {
  interface Settings {
    readonly web: ValuesOf<typeof webSettings>;
  }
}

/** nginx with one page. A changed page is a new ConfigMap, and rolls the pods. */
export function web(platform: Platform): Workload {
  const component = platform.component('web');
  const { namespace, settings } = platform;
  const { replicas, resources, greeting } = settings.web;
  const config = new Config(component, 'web-config', {
    namespace,
    data: { 'nginx.conf': NGINX_CONF, 'index.html': `<h1>${greeting}</h1>\n` },
  });
  return new Workload(component, 'web', {
    namespace,
    controller: Controller.deployment({ replicas }),
    pod: {
      user: 101,
      container: {
        name: 'nginx',
        image: 'docker.io/library/nginx:1.28.0',
        ports: { http: 8080 },
        resources,
        mounts: [
          Volume.config(config).at('/etc/nginx/nginx.conf', { subPath: 'nginx.conf' }),
          Volume.config(config).at('/srv/index.html', { subPath: 'index.html' }),
          Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true }),
        ],
        probes: {
          readiness: Probe.http('/healthz', 'http', { every: 5 }),
          liveness: Probe.http('/healthz', 'http', { failures: 6 }),
        },
      },
    },
  });
}

const NGINX_CONF = `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr;
events {}
http {
  include /etc/nginx/mime.types;
  access_log /dev/stdout;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8080;
    root /srv;
    location = /healthz { access_log off; return 204; }
  }
}
`;
