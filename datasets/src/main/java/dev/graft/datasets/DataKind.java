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
  CSV,
  /** A table of numbers and words with a label column. */
  TABLE,
  /** A table with a column of texts and one of labels, also as lines of JSON. */
  TEXT,
  /** Sparse vectors with labels. */
  SVMLIGHT,
  /** A MATLAB file with a matrix of examples by rows and a column of labels. */
  MATLAB,
  /** WAV files in one folder per class, or named {@code CLASS_SPEAKER_NUMBER.wav}. */
  AUDIO_FOLDER
}
