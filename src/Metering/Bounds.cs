using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Bounds of options, said in one way.</summary>
internal static class Bounds
{
    public static void Check<T>(ValidateOptionsResultBuilder errors, T value, T least, T most, string key)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) errors.AddError($"must be {least} to {most}, was {value}", key);
    }
}
