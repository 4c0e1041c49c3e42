namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class GpuTrackerTests : IDisposable
{
    private readonly GpuFixture _fixture = new();

    private GpuTracker Sut => _fixture.Sut;

    private ReservationBook Book => _fixture.Book.Book;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Swept_LeasedCard_ItsPowerIsMeasuredAndThatOfOthersIsNot()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        Book.EnsureAssigned(Groups.Order(1), GpuOrders.Order(1));
        var leased = Book.Snapshot.Gpus.Single(gpu => gpu.Owner is not null).Card.Index;
        for (var i = 0; i < LeasedPower.Least; i++)
        {
            Assert.Null(_fixture[leased].Card.LeasedMilliwatts);
            _fixture.Sweep(Draws(1, i % 2 == 0 ? 300_000u : 200_000u), Draws(2, i % 2 == 0 ? 300_000u : 200_000u));
        }

        Assert.Equal(250_000, _fixture[leased].Card.LeasedMilliwatts);
        Assert.Null(_fixture[3 - leased].Card.LeasedMilliwatts);
        Assert.Equal([450_000, 450_000], [_fixture[1].Card.RatedMilliwatts, _fixture[2].Card.RatedMilliwatts]);

        _fixture.Sweep(Draws(leased, uint.MaxValue) with { PowerLimitMilliwatts = uint.MaxValue });
        Assert.Equal((250_000, 450_000), (_fixture[leased].Card.LeasedMilliwatts, _fixture[leased].Card.RatedMilliwatts));

        static GpuReading Draws(int number, uint milliwatts) => GpuFixture.Card(number) with { PowerMilliwatts = milliwatts, PowerLimitMilliwatts = 450_000 };
    }

    [Trait(Pain.Trait, Pain.GpuMiscounted)]
    [Fact]
    public void Swept_EightCardsOfThreeModels_ShowsEachAsItIs()
    {
        _fixture.Sweep(
            GpuFixture.Card(1),
            GpuFixture.Card(2),
            GpuFixture.Card(3, 0x233010DE, "NVIDIA H100 80GB HBM3", 81559),
            GpuFixture.Card(4, 0x1EB810DE, "Tesla T4", 15360),
            GpuFixture.Card(5) with { Fault = NvmlReturn.GpuIsLost, FaultCall = "nvmlDeviceGetTemperature", MemoryTotal = null },
            GpuFixture.Card(6, 0x2BFF10DE, "NVIDIA GeForce RTX 5099", 32607),
            GpuFixture.Card(7) with { MigEnabled = true },
            GpuFixture.Card(8) with { MemoryTotal = ulong.MaxValue });
        Sut.Reported(new(GpuMachine.Uuid(2), 79));

        Assert.Equal("for_sale", _fixture[1].State);
        Assert.Equal(("quarantined", "XID 79: fallen off the bus"), (_fixture[2].State, _fixture[2].Reason));
        Assert.Equal(("for_sale", new GpuModel("h100", 80, "sxm")), (_fixture[3].State, _fixture[3].Card.Model));
        Assert.Equal("for_sale", _fixture[4].State);
        Assert.Equal("lost", _fixture[5].State);
        Assert.Equal(("resting", new GpuModel("rtx5099", 32, "pcie")), (_fixture[6].State, _fixture[6].Card.Model));
        Assert.Contains("derived name is 'rtx5099'", _fixture[6].Reason, StringComparison.Ordinal);
        Assert.StartsWith("MIG is on", _fixture[7].Reason, StringComparison.Ordinal);
        Assert.Equal(("quarantined", "reports impossible memory: 18446744073709551615 bytes", 0L), (_fixture[8].State, _fixture[8].Reason, _fixture[8].Card.MemoryBytes));
        Assert.Equal(3, Book.Snapshot[ResourceKind.Gpu].Total);
    }

    public static TheoryData<string, GpuReading> ImpossibleValues => new()
    {
        { "memory: 0", GpuFixture.Card(1) with { MemoryTotal = 0 } },
        { "memory: 18446744073709551615", GpuFixture.Card(1) with { MemoryTotal = ulong.MaxValue } },
        { "used memory", GpuFixture.Card(1) with { MemoryUsed = ulong.MaxValue } },
        { "temperature: 4294967295", GpuFixture.Card(1) with { TemperatureCelsius = uint.MaxValue } },
        { "power", GpuFixture.Card(1) with { PowerMilliwatts = uint.MaxValue } },
        { "utilisation: 101", GpuFixture.Card(1) with { UtilizationPercent = 101 } },
    };

    [Trait(Pain.Trait, Pain.AbsurdInventory)]
    [Theory]
    [MemberData(nameof(ImpossibleValues))]
    public void Swept_ImpossibleValue_IsRefusedAndNamed(string named, GpuReading reading)
    {
        _fixture.Sweep(reading, GpuFixture.Card(2));

        Assert.Equal("quarantined", _fixture[1].State);
        Assert.Contains("impossible " + named, _fixture[1].Reason, StringComparison.Ordinal);
        Assert.Equal([GpuMachine.Uuid(2)], _fixture.ForSale);

        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        Assert.Equal(2, _fixture.ForSale.Count());
    }

    public static TheoryData<string, GpuReading> Complaints => new()
    {
        { "too hot: 91 °C", GpuFixture.Card(1) with { TemperatureCelsius = 91 } },
        { "thermal protection", GpuFixture.Card(1) with { ThrottleReasons = 0x40 } },
        { "power brake", GpuFixture.Card(1) with { ThrottleReasons = 0x80 } },
        { "x4 of x16", GpuFixture.Card(1) with { PcieWidth = 4 } },
        { "waits to be remapped", GpuFixture.Card(1) with { RemappedRows = new(0, 1, true, false) } },
        { "unknown error", GpuFixture.Card(1) with { Fault = NvmlReturn.Unknown, FaultCall = "nvmlDeviceGetMemoryInfo" } },
        { "vfio-pci", GpuFixture.Card(1) with { KernelDriver = "vfio-pci" } },
    };

    [Theory]
    [MemberData(nameof(Complaints))]
    public void Swept_PassingTrouble_RestsAndLingers(string named, GpuReading reading)
    {
        _fixture.Sweep(reading);
        Assert.Equal("resting", _fixture[1].State);
        Assert.Contains(named, _fixture[1].Reason, StringComparison.Ordinal);

        _fixture.Sweep(GpuFixture.Card(1));
        Assert.StartsWith("recovering from", _fixture[1].Reason, StringComparison.Ordinal);

        _fixture.Time.Advance(GpuTracker.Linger);
        _fixture.Sweep(GpuFixture.Card(1));
        Assert.Equal("for_sale", _fixture[1].State);
    }

    [Fact]
    public void Swept_NewEccErrors_QuarantinesUntilRestored()
    {
        _fixture.Sweep(GpuFixture.Card(1) with { UncorrectedEcc = 5 }); // from before we came
        Assert.Equal("for_sale", _fixture[1].State);

        _fixture.Sweep(GpuFixture.Card(1) with { UncorrectedEcc = 7 });
        Assert.Equal("2 new uncorrectable memory errors", _fixture[1].Reason);

        Assert.True(Sut.Restore(GpuMachine.Uuid(1)));
        _fixture.Sweep(GpuFixture.Card(1) with { UncorrectedEcc = 7 });
        Assert.Equal("for_sale", _fixture[1].State);
    }

    [Fact]
    public void Swept_RemapFailed_IsQuarantinedAgainAfterRestore()
    {
        _fixture.Sweep(GpuFixture.Card(1) with { RemappedRows = new(0, 9, false, true) });
        Assert.Equal("quarantined", _fixture[1].State);

        Sut.Restore(GpuMachine.Uuid(1));
        _fixture.Sweep(GpuFixture.Card(1) with { RemappedRows = new(0, 9, false, true) });

        Assert.Equal("quarantined", _fixture[1].State);
    }

    [Trait(Pain.Trait, Pain.GpuFallsOff)]
    [Theory]
    [InlineData(13, "for_sale")]
    [InlineData(31, "for_sale")]
    [InlineData(43, "for_sale")]
    [InlineData(109, "for_sale")]
    [InlineData(63, "resting")]
    [InlineData(94, "resting")]
    [InlineData(48, "quarantined")]
    [InlineData(79, "quarantined")]
    [InlineData(119, "quarantined")]
    [InlineData(145, "quarantined")]
    [InlineData(7777, "quarantined")]
    public void Reported_Xid_IsTreatedByItsClass(int code, string state)
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));

        Sut.Reported(new(GpuMachine.Uuid(1), code));

        Assert.Equal((state, "for_sale"), (_fixture[1].State, _fixture[2].State));
    }

    [Fact]
    public void Reported_XidOfNobody_QuarantinesAll()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));

        Sut.Reported(new("", 79));

        Assert.Empty(_fixture.ForSale);
    }

    [Fact]
    public void Swept_CardComesBackUnderAnotherIndex_KeepsItsIdentityAndOwner()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        var held = Assert.IsType<ReserveOutcome.Reserved>(_fixture.Book.Reserve(1, GpuOrders.Order(1))).Reservation.Allocation.Gpus[0].Uuid;
        Book.Assign(Groups.Order(1));
        var number = held == GpuMachine.Uuid(1) ? 1 : 2;

        _fixture.Sweep(GpuFixture.Card(3 - number));
        Assert.Equal("lost", _fixture[number].State);
        Assert.Equal(Groups.Order(1), _fixture[number].Owner);
        Assert.False(Book.Snapshot[ResourceKind.Gpu].IsOvercommitted);

        _fixture.Sweep(GpuFixture.Card(3 - number) with { Index = 1 }, GpuFixture.Card(number) with { Index = 0, PciBusId = "00000000:99:00.0" });
        Assert.Equal(("leased", 0, "00000000:99:00.0"), (_fixture[number].State, _fixture[number].Card.Index, _fixture[number].Card.PciBusId));
    }

    [Fact]
    public void Swept_TwoCardsOfOneUuid_CountOnce()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(1) with { Index = 7 });

        Assert.Equal(1, Book.Snapshot[ResourceKind.Gpu].Total);
        Assert.True(_fixture.Log.Has("SameUuid"));
    }

    [Fact]
    public void Unknown_AfterGoodSweep_SellsNothingAndKeepsWhatIsLeased()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        _fixture.Book.Reserve(1, GpuOrders.Order(1));
        Book.Assign(Groups.Order(1));

        Sut.Unknown("the GPU driver does not answer");

        Assert.Empty(_fixture.ForSale);
        Assert.Single(Book.Snapshot.Gpus, gpu => gpu.State == "leased");
        var refusal = _fixture.Book.Refusal(2, GpuOrders.Order(1));
        Assert.Equal(ResourceKind.Gpu, refusal.Resource);

        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        Assert.Single(_fixture.ForSale);
    }

    [Trait(Pain.Trait, Pain.DriverUpgraded)]
    [Fact]
    public void Swept_DriverMismatch_StopsSellingAndKeepsLeases()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        _fixture.Book.Reserve(1, GpuOrders.Order(1));

        Sut.Swept(new() { Source = "none", Code = NvmlReturn.LibRmVersionMismatch });

        Assert.Empty(_fixture.ForSale);
        Assert.Single(Book.Snapshot.Gpus, gpu => gpu.Owner is not null);
        Assert.Contains("driver was upgraded", _fixture.Book.Refusal(2, GpuOrders.Order(1)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Swept_Game_IsSeenSubtractedAndGoneAfterTwoCleanSweeps()
    {
        _fixture.WriteProcess(4242, "game");
        _fixture.Sweep(GpuFixture.Card(1) with { Processes = [new(4242, 1 << 30)] }, GpuFixture.Card(2));
        Assert.Equal("in use by process 4242 (game), which is not a tenant's", _fixture[1].Reason);
        Assert.Equal([GpuMachine.Uuid(2)], _fixture.ForSale);

        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        Assert.Equal("resting", _fixture[1].State);
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        Assert.Equal("for_sale", _fixture[1].State);
    }

    [Fact]
    public void Swept_MemoryInUseByNobodySeen_IsNotSold()
    {
        _fixture.Sweep(GpuFixture.Card(1) with { MemoryUsed = 3UL << 30 });

        Assert.Contains("no process is seen", _fixture[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Swept_LeftOverProcessOfATenant_IsNamed()
    {
        _fixture.Tenants.Add(77);
        _fixture.Sweep(GpuFixture.Card(1) with { Processes = [new(77, 1)] });

        Assert.Equal("process 77 of an ended lease still holds it", _fixture[1].Reason);
    }

    [Fact]
    public void Keep_ByModelNumberAndSchedule_LeavesTheRestForSale()
    {
        _fixture.Options.CurrentValue.Keep.Gpus = ["rtx4090=1"];
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2), GpuFixture.Card(3));
        Assert.Equal(("kept", "for_sale", "for_sale"), (_fixture[1].State, _fixture[2].State, _fixture[3].State));

        _fixture.Options.CurrentValue.Keep.Gpus = [GpuMachine.Uuid(2), "0000:03:00.0"];
        Sut.Refresh();
        Assert.Equal(("for_sale", "kept", "kept"), (_fixture[1].State, _fixture[2].State, _fixture[3].State));
    }

    [Fact]
    public void Keep_OneOfTwoWithOneLeased_KeepsTheFreeOne()
    {
        _fixture.Sweep(GpuFixture.Card(1), GpuFixture.Card(2));
        var held = Assert.IsType<ReserveOutcome.Reserved>(_fixture.Book.Reserve(1, GpuOrders.Order(1))).Reservation.Allocation.Gpus[0].Uuid;
        _fixture.Options.CurrentValue.Keep.Gpus = ["rtx4090=1"];

        Sut.Refresh();

        Assert.Equal("kept", Book.Snapshot.Gpus.Single(gpu => gpu.Card.Uuid != held).State);
    }

    [Trait(Pain.Trait, Pain.UnknownGpu)]
    [Fact]
    public void Aliases_UnknownCard_IsSoldUnderItsAlias()
    {
        _fixture.Options.CurrentValue.Gpu.Aliases["rtx5099"] = "rtx5090";
        _fixture.Sweep(GpuFixture.Card(1, 0x2BFF10DE, "NVIDIA GeForce RTX 5099", 32607));

        Assert.Equal(("for_sale", "rtx5090"), (_fixture[1].State, _fixture[1].Card.Model?.Name));
    }

    [Fact]
    public void Exclude_ByAddress_IsNeverSoldNorTested()
    {
        _fixture.Options.CurrentValue.Gpu.Exclude.Add("0000:01:00.0");
        _fixture.Options.CurrentValue.Gpu.SelfTest = SelfTestLevel.Quick;
        _fixture.Sweep(GpuFixture.Card(1));

        Assert.Equal("resting", _fixture[1].State);
        Assert.Null(Sut.NextToTest());
        Assert.Contains("excluded", Sut.ClaimForTest(GpuMachine.Uuid(1)), StringComparison.Ordinal);
    }

    [Trait(Pain.Trait, Pain.GpuStuckAfterCleanUp)]
    [Fact]
    public void SelfTest_BeforeSaleAndAfterEachLease_IsAsked()
    {
        _fixture.Options.CurrentValue.Gpu.SelfTest = SelfTestLevel.Quick;
        _fixture.Sweep(GpuFixture.Card(1));
        Assert.Equal("waits for its self-test", _fixture[1].Reason);
        Test(SelfTestOutcome.Passed);
        Assert.Equal("for_sale", _fixture[1].State);

        _fixture.Book.Reserve(1, GpuOrders.Order(1));
        Book.Assign(Groups.Order(1));
        Assert.Null(Sut.NextToTest());
        Book.Release(Groups.Order(1));
        Assert.Empty(_fixture.ForSale); // in the very moment in which it came back
        Sut.Refresh();
        Assert.Equal("waits for its self-test", _fixture[1].Reason);

        Test(SelfTestOutcome.Failed);
        Assert.Equal(("quarantined", "self-test failed: because"), (_fixture[1].State, _fixture[1].Reason));
        Assert.Null(Sut.NextToTest());
    }

    [Fact]
    public void SelfTest_Impossible_SaysWhyAndTriesAgainLater()
    {
        _fixture.Options.CurrentValue.Gpu.SelfTest = SelfTestLevel.Quick;
        _fixture.Sweep(GpuFixture.Card(1));

        Test(SelfTestOutcome.Impossible);

        Assert.Equal("the self-test cannot be made: because", _fixture[1].Reason);
        Assert.Null(Sut.NextToTest());
        _fixture.Time.Advance(GpuTracker.TestRetry);
        Assert.Equal(GpuMachine.Uuid(1), Sut.NextToTest());
    }

    [Fact]
    public void Remember_StoredQuarantine_HoldsFromTheFirstSweepOn()
    {
        Sut.Remember([new(GpuMachine.Uuid(1), "XID 79: fallen off the bus", DateTimeOffset.UnixEpoch)]);

        _fixture.Sweep(GpuFixture.Card(1));

        Assert.Equal("quarantined", _fixture[1].State);
        Assert.Empty(Sut.Unsaved());
    }

    [Fact]
    public void Swept_HundredsOfCards_AreBounded()
    {
        _fixture.Sweep([.. Enumerable.Range(1, 1000).Select(number => GpuFixture.Card(number))]);

        Assert.Equal(256, Book.Snapshot.Gpus.Length);
    }

    private void Test(SelfTestOutcome outcome)
    {
        Assert.Equal(GpuMachine.Uuid(1), Sut.NextToTest());
        Assert.Equal("the self-test is running", _fixture[1].Reason);
        Sut.Tested(new(GpuMachine.Uuid(1), outcome, "because", 1, 1, []));
    }
}
