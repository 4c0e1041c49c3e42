using System.Text;
using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.ProviderAgent.Tests.Adapters;

public sealed class ManifestSealTests : IDisposable
{
    private const string Secret = """[{"name":"west","services":[{"credentials":{"password":"hunter2"}}]}]""";

    private static readonly LeaseId Lease = LeaseId.Parse("akash1tenant/7/1/1/akash1provider");
    private static readonly LeaseId Other = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
    private static readonly ManifestHash Hash = ManifestHash.Parse(new string('a', 64));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Seal_IsOpenedByALaterRun_AndShowsNothing()
    {
        byte[] stored;
        using (var seal = CreateSut()) stored = seal.Seal(Lease, Hash, Encoding.UTF8.GetBytes(Secret));

        using var later = CreateSut();
        Assert.Equal(Secret, Encoding.UTF8.GetString(later.Open(Lease, Hash, stored)!));
        Assert.DoesNotContain("hunter2", Encoding.Latin1.GetString(stored), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("manifests.key")));
    }

    [Fact]
    public void Seal_Twice_IsNeverTheSameBytes()
    {
        using var seal = CreateSut();

        Assert.NotEqual(seal.Seal(Lease, Hash, "{}"u8), seal.Seal(Lease, Hash, "{}"u8));
    }

    [Fact]
    public void Open_OfAnotherLease_OrChanged_OrCut_OrPlain_IsNothing()
    {
        using var seal = CreateSut();
        var stored = seal.Seal(Lease, Hash, Encoding.UTF8.GetBytes(Secret));
        var changed = stored.ToArray();
        changed[^1] ^= 1;

        Assert.Null(seal.Open(Other, Hash, stored));
        Assert.Null(seal.Open(Lease, ManifestHash.Parse(new string('b', 64)), stored));
        Assert.Null(seal.Open(Lease, Hash, changed));
        Assert.Null(seal.Open(Lease, Hash, stored.AsSpan(0, 20)));
        Assert.Null(seal.Open(Lease, Hash, Encoding.UTF8.GetBytes(Secret)));
        Assert.Null(seal.Open(Lease, Hash, []));
    }

    [Fact]
    public void Open_WithAnotherKey_IsNothing()
    {
        byte[] stored;
        using (var seal = CreateSut()) stored = seal.Seal(Lease, Hash, "{}"u8);
        File.Delete(_folder.File("manifests.key"));

        using var fresh = CreateSut();
        Assert.Null(fresh.Open(Lease, Hash, stored));
    }

    [Fact]
    public void Open_KeyIsCutShort_SaysWhatToDo()
    {
        File.WriteAllBytes(_folder.File("manifests.key"), new byte[5]);
        using var seal = CreateSut();

        Assert.Contains("manifests.key is not a key", Assert.Throws<InvalidDataException>(() => seal.Seal(Lease, Hash, "{}"u8)).Message, StringComparison.Ordinal);
    }

    private ManifestSeal CreateSut() => new(Options.Create(new StateOptions { Directory = _folder.Path }));
}
