import { changedFiles } from '../programs/changed-files';
import { isNginxFile, nginxEffects } from '../programs/nginx';
import { riskRule } from '../risk';

const nginx = (admin: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data:
  default.conf: |
    server {
      listen 8080;
      location / { proxy_pass http://web:80; }
      location /admin { ${admin} proxy_pass http://web:80; }
    }
`;

export default riskRule({
  id: 'server-reconfigured',
  class: 'exposure',
  description:
    'a configuration of nginx that lets in whom it refused, refuses whom it let in, answers for less, or is not read',
  reason:
    'No policy and no route shows it: what nginx lets through is passed on to the programs behind it, which mostly rely on it.',
  source: 'https://nginx.org/en/docs/http/ngx_http_access_module.html',
  advice: 'keep allow, deny and auth_* where they stand, or make sure that the program behind refuses these itself',
  example: {
    before: nginx('allow 10.0.0.0/8; deny all;'),
    after: nginx(''),
    finds: ['ConfigMap/shop/web data["default.conf"]'],
    harmless: nginx('allow 10.0.0.0/9; allow 10.128.0.0/9; deny all;'),
  },
  *find(diff) {
    for (const file of changedFiles(diff)) {
      if (!isNginxFile(file)) continue;
      const { change, field } = file;
      for (const effect of nginxEffects(file).effects) yield { change, field, ...effect };
    }
  },
});
