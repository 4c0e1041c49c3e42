namespace ProviderAgent.Marketplace.Tests.Resources;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536 * ByteSize.MiB, "1.5 GiB")]
    [InlineData(-5 * ByteSize.TiB, "-5 TiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    [InlineData(long.MinValue, "-8388608 TiB")] // has no positive counterpart; a hostile order may hold it
    public void ToString_AnyAmount_IsReadable(long bytes, string text) => Assert.Equal(text, new ByteSize(bytes).ToString());
}
