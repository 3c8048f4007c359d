// Somebody else's backend. It is TensorFlow.js' own, so nothing is known to differ.
export { cpu as myBackend } from '@kshot/backend-cpu'
export const known = {}
