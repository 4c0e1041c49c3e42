using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What is to be known of the disk that is sold, beside its size.</summary>
/// <param name="SetAside">Space that is taken on the disk for what is on the books: it is gone from the free space, and is not to be counted a second time.</param>
/// <param name="Problem">Why no storage at all is sold; null when it is.</param>
/// <param name="PersistentProblem">Why no persistent storage is sold; null when it is.</param>
/// <param name="Folder">Where tenants' disks lie, when that is not in the engine's folder.</param>
public sealed record StorageTerms(ByteSize SetAside, string? Problem, string? PersistentProblem, string? Folder)
{
    /// <summary>Nothing is set aside, everything may be sold.</summary>
    public static StorageTerms Open { get; } = new(default, null, null, null);
}

/// <summary>Says how the disk stands now. Takes no lock and makes no call.</summary>
public delegate StorageTerms StorageTermsSource();
