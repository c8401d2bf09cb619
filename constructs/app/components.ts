import { deliverySettings } from '../delivery/delivery';
import { routeSettings } from '../delivery/route';
import { objectSettings } from '../synthesis/object-settings';
import { redisSettings } from './redis';
import { exporterSettings } from './redis-exporter';
import { webSettings } from './web-service';

/** The settings of what every target has, whatever its features. */
export const components = [
  webSettings,
  redisSettings,
  exporterSettings,
  routeSettings,
  objectSettings,
  deliverySettings,
];
