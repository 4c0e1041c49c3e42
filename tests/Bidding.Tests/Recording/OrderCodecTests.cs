using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Recording;

public sealed class OrderCodecTests
{
    private static readonly GroupSpec Rich = Units.Group(["1000|512|beta3:1024,ephemeral:2048|2:vendor/nvidia/model/h100/ram/80Gi|1|0|1", "2000|1024|ram:64||2|2|7"], "12.345678901234567891") with
    {
        Name = "ünïcode",
        Requirements = new(Build.Attributes("region=eu", "tier=1"), [Build.Provider], [Build.Rival, Build.Tenant]),
    };

    [Fact]
    public void Read_Written_IsTheSame()
    {
        var (group, reclaim, akt) = OrderCodec.Read(OrderCodec.Write(Rich, TimeSpan.FromHours(3), Decimal18.Parse("0.51")));

        Assert.Equal(Rich, group);
        Assert.Equal((TimeSpan.FromHours(3), Decimal18.Parse("0.51")), (reclaim, akt));
    }

    [Fact]
    public void Write_CommonOrder_IsSmall() => Assert.InRange(OrderCodec.Write(Build.Group(), null, null).Length, 20, 120);

    [Fact]
    public void Read_EveryCutAndManyFlips_IsRefusedNeverACrash()
    {
        var whole = OrderCodec.Write(Rich, null, null);
        for (var length = 0; length < whole.Length; length++) Assert.Throws<FormatException>(() => OrderCodec.Read(whole[..length]));
        for (var i = 0; i < whole.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = whole.ToArray();
                flipped[i] ^= (byte)(1 << bit);
                Assert.True(Record.Exception(() => OrderCodec.Read(flipped)) is null or FormatException);
            }
        }
    }
}
