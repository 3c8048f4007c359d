export const mlp = ''
