export const quadratics = ''
