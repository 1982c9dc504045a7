export { default } from '../../theme/theme.js';
