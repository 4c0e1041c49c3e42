namespace ProviderAgent.Ledger.Tests;

public sealed class LedgerLockTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Open_WhileOpen_IsRefusedAndNamesTheHolder()
    {
        await using var first = _fixture.Open();

        var error = Assert.Throws<LedgerLockedException>(_fixture.Open);

        Assert.Equal(Environment.ProcessId, error.HolderPid);
        Assert.Contains(_fixture.Directory, error.Message, StringComparison.Ordinal);
        await first.Cursors.SetAsync("still-usable", new(1), default);
    }

    [Fact]
    public async Task Open_AfterClose_Works()
    {
        await _fixture.Open().DisposeAsync();

        await using var second = _fixture.Open();

        Assert.Null(second.DamagedFile);
    }

    [Fact]
    public async Task Open_WhileAnotherProcessHoldsIt_NamesItsPid()
    {
        using var child = Child.Start("hold", _fixture.Directory);
        Assert.Equal("open", await child.ReadLineAsync());

        var error = Assert.Throws<LedgerLockedException>(_fixture.Open);

        Assert.Equal(child.Pid, error.HolderPid);
        Assert.Contains($"process {child.Pid}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AfterHolderWasKilled_Works()
    {
        using var child = Child.Start("hold", _fixture.Directory);
        Assert.Equal("open", await child.ReadLineAsync());
        await child.KillAsync();

        await using var ledger = _fixture.Open();

        Assert.True(ledger.Health.IsWritable);
    }

    [Fact]
    public async Task Open_NewDirectory_KeepsOthersOut()
    {
        await using var ledger = _fixture.Open();
        await ledger.Cursors.SetAsync("any", new(1), default);

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(_fixture.Directory));
        foreach (var file in Directory.GetFiles(_fixture.Directory)) Assert.Equal(owner, File.GetUnixFileMode(file));
        Assert.Contains(_fixture.File + "-wal", Directory.GetFiles(_fixture.Directory));
    }

    [Fact]
    public async Task Open_DatabaseReadableByOthers_TakesThatRightAway()
    {
        await _fixture.Open().DisposeAsync();
        File.SetUnixFileMode(_fixture.File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await using var ledger = _fixture.Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_fixture.File));
    }

    [Fact]
    public void Open_DirectoryIsAFile_SaysSo()
    {
        File.WriteAllText(_fixture.Directory, "in the way");

        var error = Assert.ThrowsAny<LedgerException>(_fixture.Open);

        Assert.IsType<LedgerUnavailableException>(error);
        Assert.Contains(_fixture.Directory, error.Message, StringComparison.Ordinal);
    }
}
