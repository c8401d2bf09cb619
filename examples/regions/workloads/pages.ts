import type { Platform, ValuesOf } from 'strata';
import { Config, Controller, Probe, settingsOf, Volume, Workload, whole } from 'strata';

export const pagesSettings = settingsOf('pages', {
  /** Pods, while no autoscaler owns the number. */
  replicas: whole(2, { min: 1 }),
});

declare module 'strata' {
  interface Settings {
    readonly pages: ValuesOf<typeof pagesSettings>;
  }
}

/** nginx with the pages in a ConfigMap; each region says where it is. */
export function pages(platform: Platform): Workload {
  const component = platform.component('pages');
  const { namespace, settings, target } = platform;
  const config = new Config(component, 'pages-files', {
    namespace,
    data: { 'nginx.conf': NGINX_CONF, 'index.html': `<h1>Welcome</h1><p>from ${target.cluster.name}</p>\n` },
  });
  return new Workload(component, 'pages', {
    namespace,
    controller: Controller.deployment({ replicas: settings.pages.replicas }),
    pod: {
      user: 101,
      container: {
        name: 'nginx',
        image: 'docker.io/library/nginx:1.28.0',
        ports: { http: 8080 },
        resources: { cpu: '20m', memory: '32Mi', memoryLimit: '64Mi' },
        mounts: [
          Volume.config(config).at('/etc/nginx/nginx.conf', { subPath: 'nginx.conf' }),
          Volume.config(config).at('/srv/index.html', { subPath: 'index.html' }),
          Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true }),
        ],
        probes: {
          readiness: Probe.http('/', 'http', { every: 5 }),
          liveness: Probe.http('/', 'http', { failures: 6 }),
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
  }
}
`;
