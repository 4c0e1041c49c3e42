using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Blocks;

public sealed class BlockFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Restart_FromTheFile_LeadsToTheSameStateAndBlocks()
    {
        var (state, hash, height) = Live();

        using var chain = Open();

        Assert.Equal((hash, height), (Convert.ToHexString(chain.Engine.View().Latest!.Hash), chain.Height));
        Assert.Equal(state, Convert.ToHexString(chain.State.ComputeHash()));
        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));
    }

    [Fact]
    public void Restart_ADoneTransaction_IsStillKnown()
    {
        byte[] bytes;
        using (var chain = Open())
        {
            bytes = chain.Sign(chain.Tenant, Market.CreateDeployment(chain.Tenant));
            chain.Engine.Submit(bytes).Result().Is("", 0);
            chain.Produce();
        }

        using var again = Open();

        Assert.IsType<SubmitResult.Rejected>(again.Engine.Submit(bytes));
        Assert.NotNull(again.Engine.FindTx(TxHash.Of(bytes)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(70)]
    public void TornTail_IsCutAndTheChainGoesOn(int missing)
    {
        var (_, _, height) = Live();
        using (var file = File.OpenWrite(Path)) file.SetLength(file.Length - missing);

        using var chain = Open();

        Assert.Equal(height - 1, chain.Height);
        chain.Produce(3);
        var state = Convert.ToHexString(chain.State.ComputeHash());
        chain.Dispose();
        using var again = Open();
        Assert.Equal((height + 2, state), (again.Height, Convert.ToHexString(again.State.ComputeHash())));
    }

    [Fact]
    public void TornTail_OfZerosOrGarbage_IsCut()
    {
        var (_, _, height) = Live();
        File.AppendAllBytes(Path, new byte[5_000]);
        using (var chain = Open()) Assert.Equal(height, chain.Height);
        File.AppendAllBytes(Path, [200, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

        using var again = Open();

        Assert.Equal(height, again.Height);
    }

    [Fact]
    public void DamageInTheMiddle_IsNotPassedOver()
    {
        Live();
        var bytes = File.ReadAllBytes(Path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Path, bytes);

        var error = Assert.Throws<InvalidDataException>(() => Open());

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TornGenesis_StartsOver()
    {
        Live();
        using (var file = File.OpenWrite(Path)) file.SetLength(100);

        using var chain = Open();

        Assert.Equal(0, chain.Height);
    }

    [Fact]
    public void AnotherGenesis_IsRefused()
    {
        Live();

        var error = Assert.Throws<InvalidDataException>(() => BlockFile.Open(Path, TestChain.DefaultGenesis() with { ChainId = "other-1" }));

        Assert.Contains("another genesis", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotABlockFile_IsRefused()
    {
        File.WriteAllText(Path, new string('x', 500));

        Assert.Throws<InvalidDataException>(() => Open());
    }

    [Fact]
    public void SecondProcess_IsRefused()
    {
        using var chain = Open();

        Assert.ThrowsAny<IOException>(() => Open());
    }

    [Fact]
    public void AnotherOutcome_IsNoticed()
    {
        Live();
        var changed = File.ReadAllBytes(Path);
        using (var chain = Open())
        {
            // The last record's application hash, and its checksum made right again.
            var tail = chain.Engine.FindBlock(chain.Height)!;
            var at = changed.AsSpan().LastIndexOf(tail.AppHash);
            changed[at] ^= 1;
            var record = changed.AsSpan(at - 16);
            System.Security.Cryptography.SHA256.HashData(record).AsSpan(0, 8).CopyTo(changed.AsSpan(at - 16 - 8));
        }

        File.WriteAllBytes(Path, changed);

        var error = Assert.Throws<InvalidDataException>(() => Open());

        Assert.Contains("another state", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("blocks");

    private TestChain Open()
    {
        var file = BlockFile.Open(Path, new TestGenesis().Document);
        try
        {
            return new(log: file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private (string State, string Hash, long Height) Live()
    {
        using var chain = Open();
        chain.OpenLease();
        chain.Produce(5);
        chain.Do(chain.Provider, Market.Withdraw(Market.Lease(chain.Tenant, chain.Provider)));
        return (Convert.ToHexString(chain.State.ComputeHash()), Convert.ToHexString(chain.Engine.View().Latest!.Hash), chain.Height);
    }

    /// <summary>The genesis that a test chain makes by itself.</summary>
    private sealed class TestGenesis
    {
        public Devnet.Genesis.GenesisDocument Document { get; } = Make();

        private static Devnet.Genesis.GenesisDocument Make()
        {
            using var chain = new TestChain();
            return chain.Genesis;
        }
    }
}
