namespace ProviderAgent.Ledger;

/// <summary>Enum values as they are stored: their names, so that a file can be read by people and survives a reordered enum.</summary>
internal static class LedgerNames
{
    /// <summary>True for the exact name of a defined value; numbers and other spellings are damage.</summary>
    public static bool TryParse<TEnum>(string text, out TEnum value)
        where TEnum : struct, Enum =>
        Enum.TryParse(text, ignoreCase: false, out value) && Enum.IsDefined(value) && value.ToString() == text;
}
