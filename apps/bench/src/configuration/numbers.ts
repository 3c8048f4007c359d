import { z } from 'zod'

export const positive = z.int().min(1)
export const count = z.int().min(0)
export const rate = z.number().positive()
