import type { Theme } from 'vitepress';
import { Layout } from '../../theme/Layout.js';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import '../../theme/style.css';

export default { Layout } satisfies Theme;
