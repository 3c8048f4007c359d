/** The learners that a configuration can name, for people. */
export const learners: { readonly [name: string]: string } = {
  protonet: 'Prototypical Networks (Snell et al. 2017), @kshot/protonet',
  matching:
    'Matching Networks, with or without full context (Vinyals et al. 2016), @kshot/matching',
  siamese: 'Siamese networks, trained on pairs (Koch et al. 2015), @kshot/siamese',
  relation: 'Relation Networks (Sung et al. 2018), @kshot/relation',
  nearestCentroid: 'the nearest class mean, nothing trained, @kshot/baseline',
  nearestNeighbours: 'k nearest neighbours by cosine, nothing trained, @kshot/baseline',
  fineTuned:
    'a classifier, then a new head; Baseline, Baseline++ (Chen et al. 2019), @kshot/baseline',
  simpleShot: 'SimpleShot (Wang et al. 2019), @kshot/baseline',
  maml: 'MAML, second or first order (Finn et al. 2017), @kshot/maml',
  anil: 'only the head adapts (Raghu et al. 2020), @kshot/maml',
  boil: 'only the body adapts (Oh et al. 2021), @kshot/maml',
  metaSgd: 'a learned rate for each parameter (Li et al. 2017), @kshot/maml',
  mamlPlusPlus: 'MAML++ (Antoniou et al. 2019), @kshot/maml',
  reptile: 'Reptile (Nichol et al. 2018), @kshot/maml',
  implicitMaml: 'implicit MAML (Rajeswaran et al. 2019), @kshot/maml',
  pretrained: 'a regression fitted to all tasks at once, then fine-tuned, @kshot/maml',
}
