using System.Reflection;
using BlazorChat.Accounts;
using BlazorChat.Accounts.Tokens;
using BlazorChat.Accounts.TwoFactor;
using BlazorChat.Bots;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Moderation;
using BlazorChat.Moderation.History;
using BlazorChat.Moderation.Overview;
using BlazorChat.Notifications;
using BlazorChat.Filtering;
using BlazorChat.Privacy;
using BlazorChat.Rooms;
using SkiaSharp;

namespace BlazorChat.Tests.Security;

/// <summary>
/// Who may do what: every operation of every service, by every role. An operation that is not in the matrix fails a test, and
/// so does a refusal that changed something.
/// </summary>
public sealed class OperationMatrixTests
{
    /// <summary>
    /// A column for each of <see cref="World.Roles"/>: <c>+</c> is done, <c>-</c> is answered with nothing, <c>N</c> not found,
    /// <c>F</c> forbidden, <c>S</c> signed out, <c>C</c> a conflict. What stands in brackets tells variants of one operation apart.
    /// </summary>
    private static readonly (string Operation, string Expected, Func<ChatHost, World, Actor, Task<object?>> Run)[] Matrix =
    [
        // Columns: outsider, ex-member, member, room's moderator, administrator in the room, demoted administrator, ended, administrator elsewhere,
        // moderator in the room, moderator elsewhere, owner elsewhere, guest in the room, bot in the room.
        ("SessionRegistry.IsActiveAsync", "++++++-++++++", Does((h, w, a) => h.Sessions.IsActiveAsync(a).AsTask())),
        ("SessionRegistry.IsAllowedAsync", "++++++-++++++", Does((h, w, a) => h.Sessions.IsAllowedAsync(a, Scope.Write, w.Room).AsTask())),
        ("SessionRegistry.RequireAsync", "++++++S++++++", Does((h, w, a) => h.Sessions.RequireAsync(a, Scope.Write).AsTask())),
        ("SessionRegistry.RequireInRoomsAsync", "++++++S++++++", Does((h, w, a) => h.Sessions.RequireInRoomsAsync(a, Scope.Read).AsTask())),
        ("SessionRegistry.ListAsync", "++++++S+++++F", Does((h, w, a) => h.Sessions.ListAsync(a))),
        ("SessionRegistry.EndAsync", "++++++S+++++F", Does((h, w, a) => h.Sessions.EndAsync(a, a.SessionId))),
        ("SessionRegistry.EndAllAsync", "++++++S+++++F", Does((h, w, a) => h.Sessions.EndAllAsync(a))),

        ("PolicyGate.RequireAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PolicyGate>().RequireAsync(a, Right.Invite))),
        ("CommunityService.SaveAsync", "FFFF+FS+FF+FF", Does(SaveSettingsAsync)),
        ("InviteService.CreateAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<InviteService>().CreateAsync(a, 1, 1))),
        ("InviteService.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<InviteService>().ListAsync(a, 0))),
        ("InviteService.RevokeAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<InviteService>().RevokeAsync(a, w.Invite))),
        ("PeopleService.CreateResetLinkAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PeopleService>().CreateResetLinkAsync(a, w.Zoe))),
        ("PeopleService.SetRoleAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PeopleService>().SetRoleAsync(a, w.Zoe, Role.Administrator))),
        ("PeopleService.SetRoleAsync (own)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PeopleService>().SetRoleAsync(a, a.UserId, Role.Administrator))),
        ("PersonSessions.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PersonSessions>().ListAsync(a, w.Zoe))),
        ("PersonSessions.EndAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PersonSessions>().EndAsync(a, w.Zoe, w.ZoeSession))),
        ("PersonSessions.EndAllAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PersonSessions>().EndAllAsync(a, w.Zoe))),
        ("PeopleList.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<PeopleList>().ListAsync(a, new PeopleQuery()))),
        ("PeopleList.FindAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<PeopleList>().FindAsync(a, w.Zoe))),
        ("PeopleList.CountAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<PeopleList>().CountAsync(a))),
        ("WordFilterService.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<WordFilterService>().ListAsync(a, new FilterRuleQuery()))),
        ("WordFilterService.TryAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<WordFilterService>().TryAsync(a, new FilterRuleDraft("rose", false, FilterAction.Mask), "a rose"))),
        ("WordFilterService.AddAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<WordFilterService>().AddAsync(a, new FilterRuleDraft("rose", false, FilterAction.Mask)))),
        ("WordFilterService.ChangeAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<WordFilterService>().ChangeAsync(a, w.FilterRule, World.Filtered, new FilterRuleDraft("rose", false, FilterAction.Mask)))),
        ("WordFilterService.RemoveAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<WordFilterService>().RemoveAsync(a, w.FilterRule, World.Filtered))),
        ("HeldMessages.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<HeldMessages>().ListAsync(a))),
        ("HeldMessages.MineAsync", "--+---S------", Does((h, w, a) => h.Get<HeldMessages>().MineAsync(a))),
        ("HeldMessages.ApproveAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<HeldMessages>().ApproveAsync(a, w.Held))),
        ("HeldMessages.RejectAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<HeldMessages>().RejectAsync(a, w.Held))),

        ("DataExport.RequireAsync", "++++++S+++++F", Does((h, w, a) => h.Get<DataExport>().RequireAsync(a))),
        ("DataExport.WriteAsync", "++++++S+++++F", Does((h, w, a) => h.Get<DataExport>().WriteAsync(a, new MemoryStream()))),
        ("ExportAnswer.AnswerAsync", "++++++S+++++F", Does((h, w, a) => h.Get<DataExport>().AnswerAsync(
            new Microsoft.AspNetCore.Http.DefaultHttpContext { RequestServices = h.Services, Response = { Body = new MemoryStream() } }, a))),
        ("AccountDeletion.NeedsCodeAsync", "------S-----F", Does((h, w, a) => h.Get<AccountDeletion>().NeedsCodeAsync(a))),
        ("AccountDeletion.DeleteAsync", "++++++S+++++F", Does(DeleteAccountAsync)),

        ("AuditQueries.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<AuditQueries>().ListAsync(a, AuditFilter.None))),
        ("AuditQueries.PeopleAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<AuditQueries>().PeopleAsync(a, "Zoe"))),
        ("AuditQueries.PersonAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<AuditQueries>().PersonAsync(a, "Zoe"))),
        ("AuditQueries.RoomAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<AuditQueries>().RoomAsync(a, "Open"))),
        ("AuditExport.ExportAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<AuditExport>().ExportAsync(a, AuditFilter.None))),
        ("OverviewService.GetAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<OverviewService>().GetAsync(a))),
        ("OverviewService.OlderThanAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<OverviewService>().OlderThanAsync(a, 1))),
        ("RoomDirectory.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomDirectory>().ListAsync(a, new RoomQuery()))),
        ("RoomDirectory.DefaultsAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomDirectory>().DefaultsAsync(a))),
        ("RoomDirectory.OfAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<RoomDirectory>().OfAsync(a, w.Zoe))),
        ("RoomDirectory.SetDefaultAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<RoomDirectory>().SetDefaultAsync(a, w.Open, true))),
        ("InviteService.CreateAsync (into a private room)", "FFFF+FSNFFNFF", Does((h, w, a) => h.Get<InviteService>().CreateAsync(a, 1, 1, Role.Guest, [w.Room]))),
        ("PeopleService.TurnOffTwoFactorAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<PeopleService>().TurnOffTwoFactorAsync(a, w.Zoe))),

        ("ProfileService.GetAsync", "++++++S++++++", Does((h, w, a) => h.Get<ProfileService>().GetAsync(a))),
        ("ProfileService.RenameAsync", "++++++S+++++F", Does((h, w, a) => h.Get<ProfileService>().RenameAsync(a, "Somebody"))),
        ("ProfileService.ChangePasswordAsync", "++++++S+++++F", Does((h, w, a) => h.Get<ProfileService>().ChangePasswordAsync(a, ChatHost.Password, "another long phrase"))),
        ("ProfileService.SetAvatarAsync", "++++++S+++++F", Does((h, w, a) => h.Get<ProfileService>().SetAvatarAsync(a, Image()))),
        ("ProfileService.RemoveAvatarAsync", "++++++S+++++F", Does((h, w, a) => h.Get<ProfileService>().RemoveAvatarAsync(a))),

        ("TwoFactorService.GetAsync", "++++++S+++++F", Does((h, w, a) => h.Get<TwoFactorService>().GetAsync(a))),
        ("TwoFactorService.BeginAsync", "++++++S+++++F", Does((h, w, a) => h.Get<TwoFactorService>().BeginAsync(a))),
        ("TwoFactorService.TurnOnAsync", "++++++S+++++F", Does(TurnOnTwoFactorAsync)),
        ("TwoFactorService.TurnOffAsync", "++++++S+++++F", Does((h, w, a) => h.Get<TwoFactorService>().TurnOffAsync(a, ChatHost.Password))),

        ("TokenService.CreateAsync", "++++++S+++++F", Does((h, w, a) => h.Get<TokenService>().CreateAsync(a, "script", Scope.Read))),
        ("TokenService.CreateAsync (for administrators)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<TokenService>().CreateAsync(a, "script", Scope.Admin))),
        ("TokenService.ListAsync", "++++++S+++++F", Does((h, w, a) => h.Get<TokenService>().ListAsync(a))),
        ("TokenService.RevokeAsync", "NNNNNNSNNNNNF", Does((h, w, a) => h.Get<TokenService>().RevokeAsync(a, w.BotToken))),
        ("TokenService.CreateForBotAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<TokenService>().CreateForBotAsync(a, w.Bot, "script", Scope.Read))),
        ("TokenService.CreateForBotAsync (a person)", "FFFFNFSNFFNFF", Does((h, w, a) => h.Get<TokenService>().CreateForBotAsync(a, w.Zoe, "script", Scope.Read))),
        ("TokenService.ListForBotAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<TokenService>().ListForBotAsync(a, w.Bot))),
        ("TokenService.RevokeForBotAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<TokenService>().RevokeForBotAsync(a, w.Bot, w.BotToken))),

        ("RoomService.CreateAsync", "++++++S++++F+", Does((h, w, a) => h.Rooms.CreateAsync(a, "Mine", RoomKind.Public))),
        ("RoomService.OpenDirectAsync (no room together)", "++++++S++++N+", Does((h, w, a) => h.Rooms.OpenDirectAsync(a, [w.Bot]))),
        ("RoomService.OpenDirectAsync", "++++++S++++++", Does((h, w, a) => h.Rooms.OpenDirectAsync(a, [w.Zoe]))),
        ("RoomService.UpdateAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Rooms.UpdateAsync(a, w.Room, "Found", ""))),
        ("RoomService.UpdateAsync (public)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Rooms.UpdateAsync(a, w.General, "Found", ""))),
        ("RoomService.SetArchivedAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Rooms.SetArchivedAsync(a, w.Room, true))),
        ("RoomService.SetArchivedAsync (public)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Rooms.SetArchivedAsync(a, w.General, true))),

        ("MembershipService.JoinAsync", "NN++++SN+NN++", Does((h, w, a) => h.Memberships.JoinAsync(a, w.Room))),
        ("MembershipService.JoinAsync (public)", "++++++S++++N+", Does((h, w, a) => h.Memberships.JoinAsync(a, w.Open))),
        ("MembershipService.AddAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Memberships.AddAsync(a, w.Room, [w.Yan]))),
        ("MembershipService.AddAsync (oneself)", "NNF++FSNFNNFF", Does((h, w, a) => h.Memberships.AddAsync(a, w.Room, [a.UserId]))),
        ("MembershipService.AddAsync (public, not in it)", "FFFF+FS+FF+NF", Does((h, w, a) => h.Memberships.AddAsync(a, w.Open, [w.Yan]))),
        ("MembershipService.LeaveAsync", "NN++++SN+NN++", Does((h, w, a) => h.Memberships.LeaveAsync(a, w.Room))),
        ("MembershipService.RemoveAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Memberships.RemoveAsync(a, w.Room, w.Zoe))),
        ("MembershipService.RemoveAsync (public)", "FFFF+FS++++FF", Does((h, w, a) => h.Memberships.RemoveAsync(a, w.General, w.Zoe))),

        ("MembershipService.RemoveAsync (its moderator)", "NNF++FSN+NNFF", Does((h, w, a) => h.Memberships.RemoveAsync(a, w.Room, w.Actors[3].UserId == a.UserId ? w.Zoe : w.Actors[3].UserId))),
        ("MembershipService.RemoveAsync (an administrator)", "NNFF+FSNFNNFF", Does((h, w, a) => h.Memberships.RemoveAsync(a, w.Room, w.Actors[4].UserId))),

        ("RoomModeration.MuteAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<RoomModeration>().MuteAsync(a, w.Room, w.Zoe, TimeSpan.FromHours(1), "Spam."))),
        ("RoomModeration.MuteAsync (public)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomModeration>().MuteAsync(a, w.General, w.Zoe, TimeSpan.FromHours(1), "Spam."))),
        ("RoomModeration.MuteAsync (an administrator)", "NNFFFFSNFNNFF", Does((h, w, a) => h.Get<RoomModeration>().MuteAsync(a, w.Room, w.Actors[4].UserId, TimeSpan.FromHours(1), "Spam."))),
        ("RoomModeration.MuteAsync (everywhere)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomModeration>().MuteAsync(a, null, w.Zoe, TimeSpan.FromHours(1), "Spam."))),
        ("RoomModeration.MuteAsync (everywhere, a moderator)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<RoomModeration>().MuteAsync(a, null, w.Actors[8].UserId, TimeSpan.FromHours(1), "Spam."))),
        ("RoomModeration.UnmuteAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<RoomModeration>().UnmuteAsync(a, w.Room, w.Zoe))),
        ("RoomModeration.UnmuteAsync (everywhere)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomModeration>().UnmuteAsync(a, null, w.Zoe))),
        ("RoomModeration.SlowDownAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<RoomModeration>().SlowDownAsync(a, w.Room, 30))),
        ("RoomModeration.SlowDownAsync (public)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomModeration>().SlowDownAsync(a, w.General, 30))),
        ("RoomModeration.SetLockedAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<RoomModeration>().SetLockedAsync(a, w.Room, true))),
        ("RoomModeration.SetLockedAsync (public)", "FFFF+FS++++FF", Does((h, w, a) => h.Get<RoomModeration>().SetLockedAsync(a, w.General, true))),
        ("RoomModeration.SetModeratorAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<RoomModeration>().SetModeratorAsync(a, w.Room, w.Zoe, true))),
        ("RoomModeration.SetModeratorAsync (public)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<RoomModeration>().SetModeratorAsync(a, w.General, w.Zoe, true))),
        ("RoomModeration.SetModeratorAsync (no longer)", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<RoomModeration>().SetModeratorAsync(a, w.Room, w.Actors[3].UserId, false))),

        ("RoomQueries.MineAsync", "++++++S-+++++", Does((h, w, a) => h.RoomQueries.MineAsync(a))),
        ("RoomQueries.IsMemberAsync", "--++++--+--++", Does((h, w, a) => h.RoomQueries.IsMemberAsync(a, w.Room))),
        ("RoomQueries.CanTypeAsync", "--++++--+--++", Does((h, w, a) => h.RoomQueries.CanTypeAsync(a, w.Room))),
        ("RoomQueries.FindAsync", "NN++++SN+NN++", Does((h, w, a) => h.RoomQueries.FindAsync(a, w.Room))),
        ("RoomQueries.FindAsync (public)", "++++++S++++N+", Does((h, w, a) => h.RoomQueries.FindAsync(a, w.Open))),
        ("RoomQueries.BrowseAsync", "++++++S++++++", Does((h, w, a) => h.RoomQueries.BrowseAsync(a))),
        ("RoomQueries.BrowseAsync (another public room)", "++++++S++++-+", Finds((h, w, a) => h.RoomQueries.BrowseAsync(a, "Open"))),
        ("RoomQueries.BrowseAsync (private)", "------S------", Does((h, w, a) => h.RoomQueries.BrowseAsync(a, "Hidden"))),
        ("RoomQueries.MembersAsync", "--++++S-+--++", Does((h, w, a) => h.RoomQueries.MembersAsync(a, w.Room))),
        ("RoomQueries.PeopleAsync", "++++++S++++++", Does((h, w, a) => h.RoomQueries.PeopleAsync(a, ""))),
        ("RoomQueries.PeopleAsync (no room together)", "++++++S++++-+", Finds((h, w, a) => h.RoomQueries.PeopleAsync(a, "Robo"))),
        ("RoomWatch.FollowAsync", "NN++++NN+NN++", Does((h, w, a) => h.Watch.FollowAsync(h.Chat.Subscribe(a, _ => Task.CompletedTask), Topic.Room(w.Room)))),
        ("RoomWatch.FollowMineAsync", "++++++S-+++++", Does((h, w, a) => h.Watch.FollowMineAsync(h.Chat.Subscribe(a, _ => Task.CompletedTask)))),

        // A pointer in a room that one is not in moves nothing; ReadPointersTests has the proof.
        ("ReadPointers.AdvanceAsync", "++++++S++++++", Does((h, w, a) => h.Pointers.AdvanceAsync(a, w.Room, 2).AsTask())),
        ("ReadPointers.SetBackAsync", "NN++++SN+NN++", Does((h, w, a) => h.Pointers.SetBackAsync(a, w.Room, 1))),

        ("MessageService.PostAsync", "NN++++SN+NN++", Does((h, w, a) => h.Messages.PostAsync(a, w.Room, "hello"))),
        ("MessageService.SendAsync", "NN++++SN+NN++", Does((h, w, a) => h.Messages.SendAsync(a, new Draft(w.Room, "hello")))),
        ("MessageService.SendAsync (alias of a person)", "FFFFFFSFFFFF+", Does((h, w, a) => h.Messages.SendAsync(a, new Draft(w.Room, "hello", Alias: new MessageAlias("Zoe", null))))),
        ("MessageService.PostAsync (public, not in it)", "NNNNNNSNNNNNN", Does((h, w, a) => h.Messages.PostAsync(a, w.Open, "hello"))),
        ("MessageService.PostAsync (reply across rooms)", "NNNNNNSNNNNNN", Does((h, w, a) => h.Messages.PostAsync(a, w.General, "hello", replyToId: w.Message))),
        ("MessageService.EditAsync", "NN+FFFSNFNNFF", Does((h, w, a) => h.Messages.EditAsync(a, w.Message, "hello"))),
        ("MessageService.DeleteAsync", "NN+++FSN+NNFF", Does((h, w, a) => h.Messages.DeleteAsync(a, w.Message))),
        ("MessageService.RemoveAsync", "NN+++FSN+NNFF", Does((h, w, a) => h.Messages.RemoveAsync(a, w.Message, "Off topic."))),
        ("MessageService.SourceAsync", "NN+NNNSNNNNNN", Does((h, w, a) => h.Messages.SourceAsync(a, w.Message))),
        ("MessageQueries.NewestAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.NewestAsync(a, w.Room))),
        ("MessageQueries.BeforeAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.BeforeAsync(a, w.Room, 2))),
        ("MessageQueries.AfterAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.AfterAsync(a, w.Room, 0))),
        ("MessageQueries.AroundAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.AroundAsync(a, w.Room, 1))),
        ("MessageQueries.RangeAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.RangeAsync(a, w.Room, 1, 2))),
        ("MessageSearch.SearchAsync", "--++++S-+--++", Finds(async (h, w, a) => (await h.Get<MessageSearch>().SearchAsync(a, "second")).Messages)),
        ("MessageSearch.SearchAsync (one room)", "NN++++SN+NN++", Does((h, w, a) => h.Get<MessageSearch>().SearchAsync(a, "second", w.Room))),
        ("MessageQueries.SeqOfAsync", "NN++++SN+NN++", Does((h, w, a) => h.MessageQueries.SeqOfAsync(a, w.Room, w.Message))),

        ("MessageRemovals.RestoreAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<MessageRemovals>().RestoreAsync(a, w.RemovedMessage))),
        ("MessageRemovals.WhyAsync", "NN+NNNSNNNNNN", Does((h, w, a) => h.Get<MessageRemovals>().WhyAsync(a, w.RemovedMessage))),
        ("MessageRemovals.MineAsync", "--+---S------", Does((h, w, a) => h.Get<MessageRemovals>().MineAsync(a))),

        ("Pins.PinAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<Pins>().PinAsync(a, w.Message))),
        ("Pins.UnpinAsync", "NNF++FSN+NNFF", Does((h, w, a) => h.Get<Pins>().UnpinAsync(a, w.PinnedMessage))),
        ("Pins.ListAsync", "NN++++SN+NN++", Does((h, w, a) => h.Get<Pins>().ListAsync(a, w.Room))),
        ("Pins.IdsAsync", "NN++++SN+NN++", Does((h, w, a) => h.Get<Pins>().IdsAsync(a, w.Room))),
        ("BlockService.BlockAsync", "++++++S+++++F", Does((h, w, a) => h.Get<BlockService>().BlockAsync(a, w.Zoe))),
        ("BlockService.UnblockAsync", "++++++S+++++F", Does((h, w, a) => h.Get<BlockService>().UnblockAsync(a, w.Zoe))),
        ("BlockService.ListAsync", "------S-----F", Does((h, w, a) => h.Get<BlockService>().ListAsync(a))),
        ("BlockService.IdsAsync", "++++++S+++++F", Does((h, w, a) => h.Get<BlockService>().IdsAsync(a))),
        ("OwnMutes.ListAsync", "------S-----F", Does((h, w, a) => h.Get<OwnMutes>().ListAsync(a))),
        ("RoomRetention.SetAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<RoomRetention>().SetAsync(a, w.Room, 30))),

        ("NotificationService.GetAsync", "++++++S++++++", Does((h, w, a) => h.Get<NotificationService>().GetAsync(a))),
        ("NotificationService.SaveAsync", "++++++S+++++F", Does(async (h, w, a) => await h.Get<NotificationService>().SaveAsync(a, Choices))),
        ("NotificationService.GetRoomAsync", "NN++++SN+NN++", Does((h, w, a) => h.Get<NotificationService>().GetRoomAsync(a, w.Room))),
        ("NotificationService.SetLevelAsync", "NN++++SN+NN++", Does((h, w, a) => h.Get<NotificationService>().SetLevelAsync(a, w.Room, NotifyLevel.Mentions))),
        ("NotificationService.MuteAsync", "NN++++SN+NN++", Does((h, w, a) => h.Get<NotificationService>().MuteAsync(a, w.Room, h.Time.GetUtcNow().AddHours(1)))),
        ("PushSubscriptions.AddAsync", "++++++S++++++", Does((h, w, a) => h.Get<PushSubscriptions>().AddAsync(a, "https://fcm.googleapis.com/x", PublicKey, PushAuth, "A phone"))),
        ("PushSubscriptions.AddAsync (somebody else's)", "CCCCCCSCCCCCC", Does((h, w, a) => h.Get<PushSubscriptions>().AddAsync(a, "https://fcm.googleapis.com/zoe", PublicKey, PushAuth, "A phone"))),
        ("PushSubscriptions.RemoveAsync", "++++++S+++++F", Does((h, w, a) => h.Get<PushSubscriptions>().RemoveAsync(a, w.Phone))),
        ("PushSubscriptions.ListAsync", "------S-----F", Does((h, w, a) => h.Get<PushSubscriptions>().ListAsync(a))),
        ("PushSubscriptions.TestAsync", "NNNNNNSNNNNNF", Does((h, w, a) => h.Get<PushSubscriptions>().TestAsync(a, w.Phone))),

        ("ReportService.ReportAsync", "NNF+++SN+NN+F", Does((h, w, a) => h.Get<ReportService>().ReportAsync(a, w.Message, ReportReason.Hate, ""))),
        ("ReportQueries.MineAsync", "------S------", Does((h, w, a) => h.Get<ReportQueries>().MineAsync(a))),
        ("ReportQueries.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportQueries>().ListAsync(a, new ReportFilter()))),
        ("ReportQueries.CountOpenAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportQueries>().CountOpenAsync(a))),
        ("ReportQueries.ContextAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportQueries>().ContextAsync(a, w.Report))),
        ("ReportReview.ClaimAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportReview>().ClaimAsync(a, w.Report))),
        ("ReportReview.ReleaseAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportReview>().ReleaseAsync(a, w.Report))),
        ("ReportReview.ResolveAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportReview>().ResolveAsync(a, w.Report, "Done"))),
        ("ReportReview.DismissAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<ReportReview>().DismissAsync(a, w.Report))),
        ("Announcements.AnnounceAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<Announcements>().AnnounceAsync(a, "Hear", h.Time.GetUtcNow().AddDays(1)))),
        ("Announcements.EndAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<Announcements>().EndAsync(a, w.Announcement))),
        ("Announcements.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<Announcements>().ListAsync(a))),
        ("Announcements.FindAsync", "++++++S++++++", Does((h, w, a) => h.Get<Announcements>().FindAsync(a))),
        ("Announcements.DismissAsync", "++++++S++++++", Does((h, w, a) => h.Get<Announcements>().DismissAsync(a, w.Announcement))),

        ("BotService.CreateAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BotService>().CreateAsync(a, "Another"))),
        ("BotService.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BotService>().ListAsync(a))),
        ("BotService.RenameAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BotService>().RenameAsync(a, w.Bot, "Another"))),
        ("BotService.DeactivateAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BotService>().DeactivateAsync(a, w.Bot))),
        ("BotService.DeactivateAsync (a person)", "FFFFNFSNFFNFF", Does((h, w, a) => h.Get<BotService>().DeactivateAsync(a, w.Zoe))),
        ("IncomingWebhooks.CreateAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<IncomingWebhooks>().CreateAsync(a, w.Room, "Another"))),
        ("IncomingWebhooks.CreateAsync (public)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<IncomingWebhooks>().CreateAsync(a, w.General, "Another"))),
        ("IncomingWebhooks.ListAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<IncomingWebhooks>().ListAsync(a, w.Room))),
        ("IncomingWebhooks.RevokeAsync", "NNF++FSNFNNFF", Does((h, w, a) => h.Get<IncomingWebhooks>().RevokeAsync(a, w.Hook))),
        ("OutgoingWebhooks.FindAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<OutgoingWebhooks>().FindAsync(a, w.Bot))),
        ("OutgoingWebhooks.SetAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<OutgoingWebhooks>().SetAsync(a, w.Bot, "https://bots.example/"))),
        ("OutgoingWebhooks.RotateSecretAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<OutgoingWebhooks>().RotateSecretAsync(a, w.Bot))),
        ("OutgoingWebhooks.RemoveAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<OutgoingWebhooks>().RemoveAsync(a, w.Bot))),
        ("WebhookDeliveries.ListAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<WebhookDeliveries>().ListAsync(a, w.Bot))),
        ("WebhookDeliveries.ReplayAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<WebhookDeliveries>().ReplayAsync(a, w.Delivery))),

        ("BanService.BanAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanService>().BanAsync(a, w.Zoe, new BanRequest(null, "Spam.")))),
        ("BanService.BanAsync (a moderator)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BanService>().BanAsync(a, w.Actors[8].UserId, new BanRequest(null, "Spam.")))),
        ("BanService.BanAsync (banned already)", "FFFFCFSCCCCFF", Does((h, w, a) => h.Get<BanService>().BanAsync(a, w.Wil, new BanRequest(null, "Spam.")))),
        ("BanService.LiftAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanService>().LiftAsync(a, w.Ban))),
        ("BanService.LiftAsync (a network)", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<BanService>().LiftAsync(a, w.NetworkBan))),
        ("BanService.RestoreMessagesAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanService>().RestoreMessagesAsync(a, w.Ban))),
        ("BanAppeals.AnswerAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanAppeals>().AnswerAsync(a, w.Ban, lift: true, "Well then."))),
        ("BanQueries.ListAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanQueries>().ListAsync(a, new BanQuery()))),
        ("BanQueries.GetAsync", "FFFF+FS++++FF", Does((h, w, a) => h.Get<BanQueries>().GetAsync(a, w.Ban))),
        ("BanQueries.GetAsync (a network)", "FFFF+FS+NN+FF", Does((h, w, a) => h.Get<BanQueries>().GetAsync(a, w.NetworkBan))),
        ("NetworkBans.BanAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<NetworkBans>().BanAsync(a, "203.0.113.0/24", null, "Spam."))),
        ("NetworkBans.PreviewAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<NetworkBans>().PreviewAsync(a, "203.0.113.0/24"))),
        ("NetworkBans.LastAddressAsync", "FFFF+FS+FF+FF", Does((h, w, a) => h.Get<NetworkBans>().LastAddressAsync(a, w.Zoe))),
    ];

    // The browser of RFC 8291's example.
    private const string PublicKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string PushAuth = "BTBZMqHH6r4Tts7J_aSIgg";

    private static NotificationChoices Choices => new(NotifyLevel.Mentions, null, null, "UTC", ShowsText: false, EmailAfterMinutes: null);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_ByEveryRole_IsAnsweredAsListed(string operation)
    {
        var world = await World.GetAsync();
        var (_, expected, run) = Matrix.Single(m => m.Operation == operation);
        var actual = new char[expected.Length];
        await using (var host = await world.StartAsync())
        {
            // First those who are refused, on one database, which must be the same afterwards.
            var before = Fingerprint(host);
            foreach (var role in Enumerable.Range(0, expected.Length).Where(i => expected[i] != '+'))
            {
                actual[role] = await AnswerAsync(host, world, role, run);
            }

            await host.Pointers.StoreAsync();
            Assert.Equal(before, Fingerprint(host));
        }

        foreach (var role in Enumerable.Range(0, expected.Length).Where(i => expected[i] == '+'))
        {
            await using var host = await world.StartAsync();
            actual[role] = await AnswerAsync(host, world, role, run);
        }

        Assert.Equal(expected, new string(actual));
    }

    [Fact]
    public void Matrix_HasEveryOperation()
    {
        var existing =
            from type in typeof(Program).Assembly.GetTypes()
            where type is { IsClass: true, IsNested: false } && type.Namespace?.StartsWith("BlazorChat.", StringComparison.Ordinal) == true
                && !type.Namespace.StartsWith("BlazorChat.Components", StringComparison.Ordinal)
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where typeof(Task).IsAssignableFrom(method.ReturnType) || method.ReturnType.Name.StartsWith("ValueTask", StringComparison.Ordinal)
            where method.GetParameters().Any(p => p.ParameterType == typeof(Actor) || p.ParameterType == typeof(Subscription))
            where type.IsPublic
            select $"{type.Name}.{method.Name}";
        Assert.Equal(existing.Distinct().Order(), Matrix.Select(m => m.Operation.Split(' ')[0]).Distinct().Order());
    }

    [Fact]
    public void Matrix_HasEveryRole() => Assert.All(Matrix, m => Assert.Equal(World.Roles.Length, m.Expected.Length));

    /// <summary>What an operation answers each role.</summary>
    internal static string Expected(string operation) => Matrix.Single(m => m.Operation == operation).Expected;

    public static TheoryData<string> Operations() => [.. Matrix.Select(m => m.Operation)];

    private static async Task<char> AnswerAsync(ChatHost host, World world, int role, Func<ChatHost, World, Actor, Task<object?>> run)
    {
        try
        {
            return await run(host, world, world.Actors[role]) is false or System.Collections.ICollection { Count: 0 } ? '-' : '+';
        }
        catch (RefusedException refused)
        {
            return refused.Refusal switch { Refusal.NotFound => 'N', Refusal.Forbidden => 'F', Refusal.SignedOut => 'S', Refusal.Conflict => 'C', _ => '?' };
        }
    }

    /// <summary>Everything that the database holds, and the files beside it.</summary>
    private static string Fingerprint(ChatHost host)
    {
        using var connection = host.OpenRaw();
        using var tables = connection.CreateCommand();
        tables.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        List<string> lines = [];
        using (var names = tables.ExecuteReader())
        {
            while (names.Read())
            {
                using var rows = connection.CreateCommand();
                rows.CommandText = $"SELECT * FROM \"{names.GetString(0)}\"";
                using var row = rows.ExecuteReader();
                while (row.Read())
                {
                    lines.Add($"{names.GetString(0)}: {string.Join('|', Enumerable.Range(0, row.FieldCount).Select(row.GetValue))}");
                }
            }
        }

        var avatars = Path.Combine(host.DirectoryPath, "avatars");
        lines.AddRange(Directory.Exists(avatars) ? Directory.GetFiles(avatars) : []);
        return string.Join('\n', lines);
    }

    private static Func<ChatHost, World, Actor, Task<object?>> Does(Func<ChatHost, World, Actor, Task> run) => async (host, world, actor) =>
    {
        var task = run(host, world, actor);
        await task;
        return task.GetType().GetProperty("Result")?.GetValue(task);
    };

    private static Func<ChatHost, World, Actor, Task<object?>> Finds<T>(Func<ChatHost, World, Actor, Task<IReadOnlyList<T>>> run) =>
        async (host, world, actor) => (await run(host, world, actor)).Count > 0;

    private static async Task TurnOnTwoFactorAsync(ChatHost host, World world, Actor actor)
    {
        var service = host.Get<TwoFactorService>();
        var enrolment = await service.BeginAsync(actor);
        var code = Totp.Code(Base32.Decode(enrolment.Key), Totp.StepAt(host.Time.GetUtcNow()));
        await service.TurnOnAsync(actor, enrolment.Ticket, ChatHost.Password, code);
    }

    private static Task SaveSettingsAsync(ChatHost host, World world, Actor actor)
    {
        var seen = new CommunityChoices("Harbour");
        return host.Get<CommunityService>().SaveAsync(actor, seen with { Name = "Other" }, seen);
    }

    private static async Task DeleteAccountAsync(ChatHost host, World world, Actor actor) => await host.Get<AccountDeletion>().DeleteAsync(
        actor, new DeletionRequest((await host.Get<PeopleDirectory>().GetAsync(actor.UserId)).Name, ChatHost.Password, null, RemovesMessages: false));

    private static MemoryStream Image()
    {
        using var bitmap = new SKBitmap(8, 8);
        bitmap.Erase(SKColors.Teal);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return new MemoryStream(data.ToArray());
    }
}
