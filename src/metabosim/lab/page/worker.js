// @ts-check
/** What runs in the worker: the model, the checks, the sentences. */

import { serve } from '../../exchange/js/lab/worker.js';

serve(/** @type {any} */ (self));
