export { command } from './targets';
