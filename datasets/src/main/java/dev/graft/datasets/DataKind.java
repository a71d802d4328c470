package dev.graft.datasets;

/** The kinds of data that {@link Datasets} opens. */
public enum DataKind {
  /** A folder with one folder of images per class. */
  IMAGE_FOLDER,
  /** MNIST's format: an image file with its label file. */
  IDX,
  CIFAR10,
  /** CIFAR-100 with its 100 fine labels. */
  CIFAR100,
  /** CIFAR-100 with its 20 coarse labels. */
  CIFAR100_COARSE,
  /** A table of numbers with a label column. */
  CSV
}
