package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import java.nio.file.Path;

/**
 * A folder with one folder of images per class: {@code train/ants/*.jpg}. Classes and files come in
 * the order of their names; images may lie in folders below their class; hidden files, and files
 * that are no images by name, are ignored.
 */
public final class ImageFolder {
  private ImageFolder() {}

  /**
   * @param strict whether a damaged image is an error instead of being skipped
   * @throws dev.graft.data.DataException if this is no such folder, a class has no image, or none
   *     that can be read
   */
  public static Opened<ClassLabels> open(Path folder, boolean strict) {
    return ClassFolders.open(folder, ImageFiles.KIND, strict);
  }
}
