package dev.graft.tensor;

/** Conversions of the two 16-bit floating formats, rounding to nearest even. */
final class HalfFloats {
  private HalfFloats() {}

  static double fromBFloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static short toBFloat16(double value) {
    float f = (float) value;
    int bits = Float.floatToRawIntBits(f);
    if (Float.isNaN(f)) {
      return (short) 0x7fc0;
    }
    int rounding = 0x7fff + ((bits >> 16) & 1);
    return (short) ((bits + rounding) >> 16);
  }

  static double fromFloat16(short bits) {
    int sign = (bits & 0x8000) != 0 ? -1 : 1;
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 31) {
      return mantissa != 0 ? Double.NaN : sign * Double.POSITIVE_INFINITY;
    }
    return exponent == 0
        ? sign * Math.scalb((double) mantissa, -24)
        : sign * Math.scalb((double) (mantissa | 0x400), exponent - 25);
  }

  static short toFloat16(double value) {
    if (Double.isNaN(value)) {
      return 0x7e00;
    }
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    double magnitude = Math.abs(value);
    if (magnitude >= 65520) {
      return (short) (sign | 0x7c00);
    }
    // Subnormal numbers share the spacing of the smallest normal exponent.
    int exponent = Math.max(Math.getExponent(magnitude), -14);
    int mantissa = (int) Math.rint(Math.scalb(magnitude, 10 - exponent));
    // A mantissa that rounded up to 2048 carries into the exponent by itself.
    int bits = mantissa < 0x400 ? mantissa : ((exponent + 14) << 10) + mantissa;
    return (short) (sign | bits);
  }
}
