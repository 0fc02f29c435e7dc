BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE assignments (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	item_id VARCHAR(64) NOT NULL, 
	rater_id VARCHAR(32) NOT NULL, 
	shown_order JSON NOT NULL, 
	flipped BOOLEAN NOT NULL, 
	position INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	leased_until BIGINT NOT NULL, 
	shown_at BIGINT NOT NULL, 
	CONSTRAINT pk_assignments PRIMARY KEY (id), 
	CONSTRAINT ck_assignments_ck_assignments_state CHECK (state in ('open', 'asking', 'judged', 'skipped', 'expired')), 
	CONSTRAINT fk_assignments_item_id FOREIGN KEY(item_id) REFERENCES items (id), 
	CONSTRAINT fk_assignments_rater_id FOREIGN KEY(rater_id) REFERENCES raters (id), 
	CONSTRAINT fk_assignments_study_id FOREIGN KEY(study_id) REFERENCES studies (id), 
	CONSTRAINT uq_assignments_item_id UNIQUE (item_id, rater_id)
);
INSERT INTO "assignments" VALUES('19b24a98502b382ff52d0e1d','7f3ef21033c3f757','9bc7cfaf917bc574c1db94aaee155630','2f34e523cc42d14c','[0, 1]',0,0,'judged',1700001800000,1700000000000);
INSERT INTO "assignments" VALUES('d5c078ff5e97ad7522a00200','7f3ef21033c3f757','b323a14490f263f39ade3df72d05c397','a40fcf80408ff44c','[1, 0]',1,0,'judged',1700001806000,1700000006000);
INSERT INTO "assignments" VALUES('0f33fec479e9399916d7f9d0','7f3ef21033c3f757','d92b1b824ca69b4552f711bcbc26c675','df13aad17ce1bda6','[0, 1]',0,0,'judged',1700001813000,1700000013000);
INSERT INTO "assignments" VALUES('983ec70fa9bb56e6e7af9453','7f3ef21033c3f757','d92b1b824ca69b4552f711bcbc26c675','2f34e523cc42d14c','[1, 0]',1,1,'judged',1700001819000,1700000019000);
INSERT INTO "assignments" VALUES('e38d8ebe28b580ebdd0743a0','7f3ef21033c3f757','22e1429e844e429b02d47a5408d74632','a40fcf80408ff44c','[0, 1]',0,1,'judged',1700001823000,1700000023000);
INSERT INTO "assignments" VALUES('d4a2cd14877ff707f7ce561a','7f3ef21033c3f757','bffdabf27f93cc4f087bc0ae591386f4','df13aad17ce1bda6','[1, 0]',1,1,'judged',1700001831000,1700000031000);
INSERT INTO "assignments" VALUES('30ad64b4808175f7ea8e44ee','7f3ef21033c3f757','dfd7e6894c358458c795e83efc0c9c59','2f34e523cc42d14c','[1, 0]',1,2,'judged',1700001833000,1700000033000);
INSERT INTO "assignments" VALUES('db8daeeb8f47f6784494ddc2','7f3ef21033c3f757','d92b1b824ca69b4552f711bcbc26c675','a40fcf80408ff44c','[0, 1]',0,2,'judged',1700001835000,1700000035000);
INSERT INTO "assignments" VALUES('f1262d76f4c9cbb4d004aa03','7f3ef21033c3f757','90f2fed57af70d110b01557924ccf2ee','df13aad17ce1bda6','[0, 1]',0,2,'judged',1700001837000,1700000037000);
INSERT INTO "assignments" VALUES('a8f4030ffcae7082049643dd','7f3ef21033c3f757','80e31d491d50b98a4e349fff8a1a0feb','2f34e523cc42d14c','[0, 1]',0,3,'judged',1700001840000,1700000040000);
INSERT INTO "assignments" VALUES('45129ca4974f1cb464c8633a','7f3ef21033c3f757','c48fffe01f18033ec5ea2d9adbab9992','a40fcf80408ff44c','[1, 0]',1,3,'judged',1700001848000,1700000048000);
INSERT INTO "assignments" VALUES('fe1378fee2404b149fd48e40','7f3ef21033c3f757','95020d32f42ed7271e6fe9013a4190b1','df13aad17ce1bda6','[1, 0]',1,3,'judged',1700001851000,1700000051000);
INSERT INTO "assignments" VALUES('71c097f0a2ac353416f37073','7f3ef21033c3f757','06de4983fa982d9948d29b43e633bfee','2f34e523cc42d14c','[0, 1]',0,4,'judged',1700001856000,1700000056000);
INSERT INTO "assignments" VALUES('0024ed03f5163bfeeb6e07a6','7f3ef21033c3f757','1f81e88f47edaad572330ae22fb593f3','a40fcf80408ff44c','[0, 1]',0,4,'judged',1700001863000,1700000063000);
INSERT INTO "assignments" VALUES('7ece6b08d8bfc3ec7b7ca886','7f3ef21033c3f757','2def59f56f1cac75c2d9b1e1d43b8b95','df13aad17ce1bda6','[0, 1]',0,4,'judged',1700001870000,1700000070000);
INSERT INTO "assignments" VALUES('64ea7d2aa084ddee1babd248','7f3ef21033c3f757','f30a54c8b7df89795fe3d57b70f124fc','2f34e523cc42d14c','[1, 0]',1,5,'judged',1700001876000,1700000076000);
INSERT INTO "assignments" VALUES('33a7e2a9c7ff7c3f78de5cb3','7f3ef21033c3f757','038590d4b49a30c28a87e38ee176c5c4','a40fcf80408ff44c','[1, 0]',1,5,'judged',1700001882000,1700000082000);
INSERT INTO "assignments" VALUES('8e38a791e5dc93a186020d33','7f3ef21033c3f757','06de4983fa982d9948d29b43e633bfee','df13aad17ce1bda6','[1, 0]',1,5,'judged',1700001890000,1700000090000);
INSERT INTO "assignments" VALUES('08389cf836f104de5324c516','7f3ef21033c3f757','1f81e88f47edaad572330ae22fb593f3','2f34e523cc42d14c','[1, 0]',1,6,'judged',1700001893000,1700000093000);
INSERT INTO "assignments" VALUES('427bb12fab1243307c595b25','7f3ef21033c3f757','9bc7cfaf917bc574c1db94aaee155630','a40fcf80408ff44c','[1, 0]',1,6,'judged',1700001896000,1700000096000);
INSERT INTO "assignments" VALUES('53766824aacbd52cb3217b4d','7f3ef21033c3f757','adfbff4c811da7ae266561b5d85894da','df13aad17ce1bda6','[0, 1]',0,6,'judged',1700001898000,1700000098000);
INSERT INTO "assignments" VALUES('60cc1617c3bd1a3f05ccf6f3','7f3ef21033c3f757','2def59f56f1cac75c2d9b1e1d43b8b95','2f34e523cc42d14c','[1, 0]',1,7,'judged',1700001902000,1700000102000);
INSERT INTO "assignments" VALUES('268f172810dd66cc473947a5','7f3ef21033c3f757','dfd7e6894c358458c795e83efc0c9c59','a40fcf80408ff44c','[0, 1]',0,7,'judged',1700001905000,1700000105000);
INSERT INTO "assignments" VALUES('1f936587fb31fc073456b429','7f3ef21033c3f757','80e31d491d50b98a4e349fff8a1a0feb','df13aad17ce1bda6','[0, 1]',0,7,'judged',1700001909000,1700000109000);
INSERT INTO "assignments" VALUES('69c1a4151aa95e672cfc6a5b','7f3ef21033c3f757','038590d4b49a30c28a87e38ee176c5c4','2f34e523cc42d14c','[0, 1]',0,8,'judged',1700001911000,1700000111000);
INSERT INTO "assignments" VALUES('0170eb921ee5e7c3703863dc','7f3ef21033c3f757','341a8a264c43ccd0e397ba47a65bab97','a40fcf80408ff44c','[1, 0]',1,8,'judged',1700001913000,1700000113000);
INSERT INTO "assignments" VALUES('ede54945a869a8cde98fc653','7f3ef21033c3f757','b323a14490f263f39ade3df72d05c397','df13aad17ce1bda6','[0, 1]',0,8,'judged',1700001918000,1700000118000);
INSERT INTO "assignments" VALUES('c2c21b5b3747b5c5dfaa0158','7f3ef21033c3f757','22e1429e844e429b02d47a5408d74632','2f34e523cc42d14c','[1, 0]',1,9,'judged',1700001922000,1700000122000);
INSERT INTO "assignments" VALUES('bc345559d6e49903dde5a912','7f3ef21033c3f757','95020d32f42ed7271e6fe9013a4190b1','a40fcf80408ff44c','[0, 1]',0,9,'judged',1700001927000,1700000127000);
INSERT INTO "assignments" VALUES('26172de914bafee539f2b165','7f3ef21033c3f757','c48fffe01f18033ec5ea2d9adbab9992','df13aad17ce1bda6','[1, 0]',1,9,'judged',1700001931000,1700000131000);
INSERT INTO "assignments" VALUES('0dfbe1ad1d668eeb322074cc','7f3ef21033c3f757','90f2fed57af70d110b01557924ccf2ee','2f34e523cc42d14c','[0, 1]',0,10,'judged',1700001938000,1700000138000);
INSERT INTO "assignments" VALUES('b8292eca98ed91525df05da1','7f3ef21033c3f757','bffdabf27f93cc4f087bc0ae591386f4','a40fcf80408ff44c','[0, 1]',0,10,'judged',1700001941000,1700000141000);
INSERT INTO "assignments" VALUES('4257522b7f29d81dd080c6ec','7f3ef21033c3f757','038590d4b49a30c28a87e38ee176c5c4','df13aad17ce1bda6','[1, 0]',1,10,'judged',1700001947000,1700000147000);
INSERT INTO "assignments" VALUES('86939ea50f36a940e85c1259','7f3ef21033c3f757','c48fffe01f18033ec5ea2d9adbab9992','2f34e523cc42d14c','[0, 1]',0,11,'judged',1700001954000,1700000154000);
INSERT INTO "assignments" VALUES('34382984a6df248afe178140','7f3ef21033c3f757','80e31d491d50b98a4e349fff8a1a0feb','a40fcf80408ff44c','[1, 0]',1,11,'judged',1700001957000,1700000157000);
INSERT INTO "assignments" VALUES('4f5793d3ac5d43ae1507fca5','7f3ef21033c3f757','9bc7cfaf917bc574c1db94aaee155630','df13aad17ce1bda6','[1, 0]',1,11,'judged',1700001960000,1700000160000);
INSERT INTO "assignments" VALUES('cd6a4e01bb96358ee57dafed','7f3ef21033c3f757','e99dd61013c579fff665bd8886dcab3c','2f34e523cc42d14c','[1, 0]',1,12,'judged',1700001967000,1700000167000);
INSERT INTO "assignments" VALUES('8b6cf60daf39b8fd3364eafb','7f3ef21033c3f757','90f2fed57af70d110b01557924ccf2ee','a40fcf80408ff44c','[1, 0]',1,12,'judged',1700001975000,1700000175000);
INSERT INTO "assignments" VALUES('ce7ea95dc81609b85da3ede6','7f3ef21033c3f757','1f81e88f47edaad572330ae22fb593f3','df13aad17ce1bda6','[0, 1]',0,12,'judged',1700001978000,1700000178000);
INSERT INTO "assignments" VALUES('a1c42985d6185fd90673bb10','7f3ef21033c3f757','95020d32f42ed7271e6fe9013a4190b1','2f34e523cc42d14c','[1, 0]',1,13,'judged',1700001986000,1700000186000);
INSERT INTO "assignments" VALUES('9eb66d2942ae67b627b9e008','7f3ef21033c3f757','2def59f56f1cac75c2d9b1e1d43b8b95','a40fcf80408ff44c','[0, 1]',0,13,'judged',1700001988000,1700000188000);
INSERT INTO "assignments" VALUES('cd0b9978dfc6fab3ffc5291e','7f3ef21033c3f757','f30a54c8b7df89795fe3d57b70f124fc','df13aad17ce1bda6','[0, 1]',0,13,'judged',1700001996000,1700000196000);
INSERT INTO "assignments" VALUES('2558984729762ab0c5ad502f','7f3ef21033c3f757','b323a14490f263f39ade3df72d05c397','2f34e523cc42d14c','[0, 1]',0,14,'judged',1700002004000,1700000204000);
INSERT INTO "assignments" VALUES('8665e4baeb2da4f798428388','7f3ef21033c3f757','f30a54c8b7df89795fe3d57b70f124fc','a40fcf80408ff44c','[0, 1]',0,14,'judged',1700002007000,1700000207000);
INSERT INTO "assignments" VALUES('c2317f57345758fd7afa8243','7f3ef21033c3f757','22e1429e844e429b02d47a5408d74632','df13aad17ce1bda6','[1, 0]',1,14,'judged',1700002012000,1700000212000);
INSERT INTO "assignments" VALUES('42de6f857b12cd496e9b8a0a','7f3ef21033c3f757','bffdabf27f93cc4f087bc0ae591386f4','2f34e523cc42d14c','[1, 0]',1,15,'judged',1700002015000,1700000215000);
INSERT INTO "assignments" VALUES('31007ae9f2d86fb2af14c815','7f3ef21033c3f757','06de4983fa982d9948d29b43e633bfee','a40fcf80408ff44c','[1, 0]',1,15,'judged',1700002021000,1700000221000);
INSERT INTO "assignments" VALUES('34b43e9c294cda40fe1617e1','7f3ef21033c3f757','dfd7e6894c358458c795e83efc0c9c59','df13aad17ce1bda6','[0, 1]',0,15,'judged',1700002029000,1700000229000);
CREATE TABLE credentials (
	selector VARCHAR(32) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	secret_hash VARCHAR(160) NOT NULL, 
	rater_id VARCHAR(32), 
	expires_at BIGINT NOT NULL, 
	used_at BIGINT, 
	attempt_hash VARCHAR(64), 
	CONSTRAINT pk_credentials PRIMARY KEY (selector), 
	CONSTRAINT fk_credentials_rater_id FOREIGN KEY(rater_id) REFERENCES raters (id)
);
CREATE TABLE enrolments (
	study_id VARCHAR(32) NOT NULL, 
	rater_id VARCHAR(32) NOT NULL, 
	ordinal INTEGER NOT NULL, 
	consented_at BIGINT, 
	qualified BOOLEAN, 
	paused_at BIGINT, 
	CONSTRAINT pk_enrolments PRIMARY KEY (study_id, rater_id), 
	CONSTRAINT fk_enrolments_rater_id FOREIGN KEY(rater_id) REFERENCES raters (id), 
	CONSTRAINT fk_enrolments_study_id FOREIGN KEY(study_id) REFERENCES studies (id), 
	CONSTRAINT uq_enrolments_study_id UNIQUE (study_id, ordinal)
);
INSERT INTO "enrolments" VALUES('7f3ef21033c3f757','2f34e523cc42d14c',0,1700000000000,1,NULL);
INSERT INTO "enrolments" VALUES('7f3ef21033c3f757','a40fcf80408ff44c',1,1700000000000,1,NULL);
INSERT INTO "enrolments" VALUES('7f3ef21033c3f757','df13aad17ce1bda6',2,1700000000000,1,NULL);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	study_id VARCHAR(32), 
	at BIGINT NOT NULL, 
	act VARCHAR(32) NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id)
);
INSERT INTO "events" VALUES(1,'7f3ef21033c3f757',1700000000000,'published','{"seal": "4f8c1b53b939ff06e00d912b2d32fd5635567f59433189ded789b62080e8f2c7", "items": 18}');
INSERT INTO "events" VALUES(2,NULL,1700000000000,'rater added','{"rater": "2f34e523cc42d14c"}');
INSERT INTO "events" VALUES(3,NULL,1700000000000,'rater added','{"rater": "a40fcf80408ff44c"}');
INSERT INTO "events" VALUES(4,NULL,1700000000000,'rater added','{"rater": "df13aad17ce1bda6"}');
INSERT INTO "events" VALUES(5,'7f3ef21033c3f757',1700000232000,'closed','{}');
CREATE TABLE flags (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	item_id VARCHAR(64) NOT NULL, 
	rater_id VARCHAR(32) NOT NULL, 
	note TEXT NOT NULL, 
	raised_at BIGINT NOT NULL, 
	resolved_at BIGINT, 
	CONSTRAINT pk_flags PRIMARY KEY (id), 
	CONSTRAINT fk_flags_item_id FOREIGN KEY(item_id) REFERENCES items (id), 
	CONSTRAINT fk_flags_rater_id FOREIGN KEY(rater_id) REFERENCES raters (id), 
	CONSTRAINT fk_flags_study_id FOREIGN KEY(study_id) REFERENCES studies (id)
);
CREATE TABLE items (
	id VARCHAR(64) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	ordinal INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	stratum INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	overlap INTEGER NOT NULL, 
	external_id VARCHAR(400) NOT NULL, 
	query_id VARCHAR(400) NOT NULL, 
	query_text TEXT NOT NULL, 
	source TEXT, 
	texts JSON NOT NULL, 
	expected VARCHAR(16), 
	explanation TEXT, 
	repeat_of VARCHAR(64), 
	retired_at BIGINT, taken INTEGER DEFAULT 0 NOT NULL, flips INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_items PRIMARY KEY (id), 
	CONSTRAINT fk_items_study_id FOREIGN KEY(study_id) REFERENCES studies (id), 
	CONSTRAINT uq_items_external UNIQUE (study_id, kind, external_id), 
	CONSTRAINT uq_items_study_id UNIQUE (study_id, ordinal)
);
INSERT INTO "items" VALUES('d92b1b824ca69b4552f711bcbc26c675','7f3ef21033c3f757',0,'gold',0,0,0,'20290c6f138898eb','k0','Known 0',NULL,'["GOOD 0.", "BAD 0."]','left','scrambled',NULL,NULL,3,1);
INSERT INTO "items" VALUES('038590d4b49a30c28a87e38ee176c5c4','7f3ef21033c3f757',1,'gold',0,1,0,'247541c35c0f150b','k1','Known 1',NULL,'["BAD 1.", "GOOD 1."]','right','scrambled',NULL,NULL,3,2);
INSERT INTO "items" VALUES('341a8a264c43ccd0e397ba47a65bab97','7f3ef21033c3f757',2,'gold',0,2,0,'05e907a2c1ba0c96','k2','Known 2',NULL,'["GOOD 2.", "BAD 2."]','left','scrambled',NULL,NULL,1,1);
INSERT INTO "items" VALUES('9bc7cfaf917bc574c1db94aaee155630','7f3ef21033c3f757',3,'main',1,3,3,'674f25d3944d4ece','q0','Query 0',NULL,'["A 0 rl/5 cat.", "B 0 rl/1 dog."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('80e31d491d50b98a4e349fff8a1a0feb','7f3ef21033c3f757',4,'main',0,5,3,'3f4fdce53e22eb00','q4','Query 4',NULL,'["B 4 zero dog.", "A 4 rl/5 cat."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('06de4983fa982d9948d29b43e633bfee','7f3ef21033c3f757',5,'main',0,1,3,'0dc705f7b9c872d4','q5','Query 5',NULL,'["B 5 zero dog.", "A 5 rl/5 cat."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('dfd7e6894c358458c795e83efc0c9c59','7f3ef21033c3f757',6,'main',1,2,3,'30f78a02d9758e10','q2','Query 2',NULL,'["B 2 rl/1 dog.", "A 2 rl/5 cat."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('b323a14490f263f39ade3df72d05c397','7f3ef21033c3f757',7,'main',1,5,3,'5d40f8e1d051b6ce','q4','Query 4',NULL,'["A 4 rl/5 cat.", "B 4 rl/1 dog."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('1f81e88f47edaad572330ae22fb593f3','7f3ef21033c3f757',8,'main',0,0,3,'0ce833381d8d21b0','q1','Query 1',NULL,'["A 1 rl/5 cat.", "B 1 zero dog."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('90f2fed57af70d110b01557924ccf2ee','7f3ef21033c3f757',9,'main',1,0,3,'2b1331c6ad253df4','q5','Query 5',NULL,'["B 5 rl/1 dog.", "A 5 rl/5 cat."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('95020d32f42ed7271e6fe9013a4190b1','7f3ef21033c3f757',10,'main',0,4,3,'291af508c473a00d','q3','Query 3',NULL,'["A 3 rl/5 cat.", "B 3 zero dog."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('c48fffe01f18033ec5ea2d9adbab9992','7f3ef21033c3f757',11,'main',0,2,3,'5a80ed1c41c694c4','q2','Query 2',NULL,'["B 2 zero dog.", "A 2 rl/5 cat."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('22e1429e844e429b02d47a5408d74632','7f3ef21033c3f757',12,'main',1,1,3,'0cac542132352b12','q1','Query 1',NULL,'["A 1 rl/5 cat.", "B 1 rl/1 dog."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('2def59f56f1cac75c2d9b1e1d43b8b95','7f3ef21033c3f757',13,'main',0,3,3,'7f713c928bde8977','q0','Query 0',NULL,'["A 0 rl/5 cat.", "B 0 zero dog."]',NULL,'',NULL,NULL,3,1);
INSERT INTO "items" VALUES('bffdabf27f93cc4f087bc0ae591386f4','7f3ef21033c3f757',14,'main',1,4,3,'148c4149dbe26c06','q3','Query 3',NULL,'["B 3 rl/1 dog.", "A 3 rl/5 cat."]',NULL,'',NULL,NULL,3,2);
INSERT INTO "items" VALUES('f30a54c8b7df89795fe3d57b70f124fc','7f3ef21033c3f757',15,'repeat',1,3,0,'39ce6c010c65b0c1','q0','Query 0',NULL,'["A 0 rl/5 cat.", "B 0 rl/1 dog."]',NULL,'','9bc7cfaf917bc574c1db94aaee155630',NULL,3,1);
INSERT INTO "items" VALUES('e99dd61013c579fff665bd8886dcab3c','7f3ef21033c3f757',16,'repeat',0,5,0,'0723f3ef45bf3247','q4','Query 4',NULL,'["B 4 zero dog.", "A 4 rl/5 cat."]',NULL,'','80e31d491d50b98a4e349fff8a1a0feb',NULL,1,1);
INSERT INTO "items" VALUES('adfbff4c811da7ae266561b5d85894da','7f3ef21033c3f757',17,'repeat',0,1,0,'7d5977ce956466b9','q5','Query 5',NULL,'["B 5 zero dog.", "A 5 rl/5 cat."]',NULL,'','06de4983fa982d9948d29b43e633bfee',NULL,1,0);
CREATE TABLE judgments (
	study_id VARCHAR(32) NOT NULL, 
	sequence INTEGER NOT NULL, 
	assignment_id VARCHAR(32) NOT NULL, 
	revision INTEGER NOT NULL, 
	salt VARCHAR(32), 
	content JSON, 
	content_hash VARCHAR(64) NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_judgments PRIMARY KEY (study_id, sequence), 
	CONSTRAINT fk_judgments_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignments (id), 
	CONSTRAINT fk_judgments_study_id FOREIGN KEY(study_id) REFERENCES studies (id), 
	CONSTRAINT uq_judgments_assignment_id UNIQUE (assignment_id, revision)
);
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',0,'19b24a98502b382ff52d0e1d',0,'e48410f37456f94ae86f7552d095f3ba','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000000000, "decided_at": 1700000006000}','5a2814aa0474ead77533c0badb111675d9d30e5048c87f5e2e9e3c23f3a128f4','4f8c1b53b939ff06e00d912b2d32fd5635567f59433189ded789b62080e8f2c7','5655e31d7117837e1ff070e1dc9967901d0eaf1ac4654db284fffabe36952992');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',1,'d5c078ff5e97ad7522a00200',0,'c4516627f3e83434e3cea48b134111ec','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000006000, "decided_at": 1700000013000}','e2fc887686e410418be79170d614808d0caa0d5f4e8836f7833778503bea6b39','5655e31d7117837e1ff070e1dc9967901d0eaf1ac4654db284fffabe36952992','5e5a9ff302fe9e4030939632af785be73896fa1d710ca56ff07c8a672b18794d');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',2,'0f33fec479e9399916d7f9d0',0,'3bd4b706b53100b206cba76c6f8b38fc','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000013000, "decided_at": 1700000019000}','112291dd0021557d531c2aebdd5dc712b9f212e295382c9b28fea353eb53ea28','5e5a9ff302fe9e4030939632af785be73896fa1d710ca56ff07c8a672b18794d','26eeec47b438abb03ecd0cf892d6a6042d09f84bd890d1f9278adcc9165a1c4c');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',3,'983ec70fa9bb56e6e7af9453',0,'7ed7db972acc444e997383917eeef0e7','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000019000, "decided_at": 1700000023000}','6a18f01c910744439e748ef097f57d27a5ed6b2b04e829a366f605c00512366e','26eeec47b438abb03ecd0cf892d6a6042d09f84bd890d1f9278adcc9165a1c4c','f98918711a9eeb7600cb79b91efc314b6a4f41b710dd38090d4493d17c266dc3');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',4,'e38d8ebe28b580ebdd0743a0',0,'648f6b294097790676fe31ef9877b0e9','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000023000, "decided_at": 1700000031000}','7f1c7d29111ba05e2054a87bdf6c6ac0ec4cfbecafbb3b239bca01759e5ede8f','f98918711a9eeb7600cb79b91efc314b6a4f41b710dd38090d4493d17c266dc3','b43d7da0927266e8daccf08e099cd1e55e1e1f02522164724dd0435136a6e1b1');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',5,'d4a2cd14877ff707f7ce561a',0,'245ec55f91d516785548ea751bfc0f64','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000031000, "decided_at": 1700000033000}','15acb0a0b6203965688a5cba9763b9a3d85fbcf7899b18238e9578d55470fc8e','b43d7da0927266e8daccf08e099cd1e55e1e1f02522164724dd0435136a6e1b1','316dd16cc33e638abe6122c8a53ab9780da20cdca6e286c45a3917ca65fe6c80');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',6,'30ad64b4808175f7ea8e44ee',0,'3dcaaabe8e57f9518f65e33a8691ddfd','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000033000, "decided_at": 1700000035000}','0cca4d9cc3499f20b6bebcebd561a8163669242dc6ef43446081d418cdff9ad7','316dd16cc33e638abe6122c8a53ab9780da20cdca6e286c45a3917ca65fe6c80','ab951d2dc8f0254fb89040d5ecebd681ab1cd9c87f0168de84df7128d2cb874c');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',7,'db8daeeb8f47f6784494ddc2',0,'0aea3e2d83f30e9d8b7859e3c65488d9','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000035000, "decided_at": 1700000037000}','856685b23233cb1e58270fbafec8340079f51be2fa52a5473a290159ca25c695','ab951d2dc8f0254fb89040d5ecebd681ab1cd9c87f0168de84df7128d2cb874c','bb2d003f73588d8b35d4f565ff961bf0d5eb19a6ebdf6b2bfe01b031fa0f05c9');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',8,'f1262d76f4c9cbb4d004aa03',0,'f221fdf739bbceb4bdbcb1179f3e12ed','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000037000, "decided_at": 1700000040000}','62e68a99df2d1be347e35dbb14bc1c8bbfa62478a40b2497bfca57740765f7d8','bb2d003f73588d8b35d4f565ff961bf0d5eb19a6ebdf6b2bfe01b031fa0f05c9','d94c73a3fb62f6f13f6e4cb0aee7aee889f5f92b698eb921e7a67786a3f212cd');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',9,'a8f4030ffcae7082049643dd',0,'e0df509f75a5b550172e686c6746273c','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000040000, "decided_at": 1700000048000}','ad8a94db8ff4c92e685298f1088cfc9af861fd12d4872e6627b51447aa87d19d','d94c73a3fb62f6f13f6e4cb0aee7aee889f5f92b698eb921e7a67786a3f212cd','11d814ecee4dea65743a51391184cbef017901bbee9080abde54057250cf976e');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',10,'45129ca4974f1cb464c8633a',0,'b98af4fc3e29e2561ae27e59bd34ba86','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000048000, "decided_at": 1700000051000}','3aa53283f25a4fefe99e5210e8c0ae7cf0f8aefdb0089fcffc1e69a5baa154c6','11d814ecee4dea65743a51391184cbef017901bbee9080abde54057250cf976e','1ab8e7b26e05be9d1d754fb8615a884dd001622bc9670414392d38adc5855816');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',11,'fe1378fee2404b149fd48e40',0,'2c2f85689055ff019c5ea29b4561ac9b','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000051000, "decided_at": 1700000056000}','3721ee960e905fbbf68e7ba1f9d545789a94974f23e1003c274443ce1efcf5b8','1ab8e7b26e05be9d1d754fb8615a884dd001622bc9670414392d38adc5855816','9ff51d88ca4bafadbc196331e0eaa655a3dd8b75d5b5212625fbc40ace5409e4');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',12,'71c097f0a2ac353416f37073',0,'5803bd2b435e20fcbe73a9cd95484221','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000056000, "decided_at": 1700000063000}','02bc3f5e1b7cda18de90c6e7a343372c1cd35d2b66c7a382c586bdcabba00696','9ff51d88ca4bafadbc196331e0eaa655a3dd8b75d5b5212625fbc40ace5409e4','941ba747d19248f8d2e3eeb4f63293d57f29f55667630200f44a6cde6083f982');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',13,'0024ed03f5163bfeeb6e07a6',0,'cf80d3a2ec5a8f7a8b84302fcf993134','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000063000, "decided_at": 1700000070000}','b77a41a89622d3da495e15cc5d40723bd84da36976ffe7375cffd9dae129dac3','941ba747d19248f8d2e3eeb4f63293d57f29f55667630200f44a6cde6083f982','8bb7f8af24b68d6b2394bbe42eb230107b797a34e78e2ea0f25c1bd8c2e77603');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',14,'7ece6b08d8bfc3ec7b7ca886',0,'08aaa68a71281e5e8603962e617c5842','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000070000, "decided_at": 1700000076000}','e823efc0de6217d744392fdbb7dd211ed5d2ccc4f016d7d0db577b4450059992','8bb7f8af24b68d6b2394bbe42eb230107b797a34e78e2ea0f25c1bd8c2e77603','abcd1f0591a94a8243502ba033a6ea7a7c8d9d13c08e381e5cf9d431c4530be3');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',15,'64ea7d2aa084ddee1babd248',0,'fd2b3d1da32d5203c5493714b965e888','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000076000, "decided_at": 1700000082000}','28adfa366f7632456f1e5b68e911bd89e5b645cd6e2235aedb877ab2496316ed','abcd1f0591a94a8243502ba033a6ea7a7c8d9d13c08e381e5cf9d431c4530be3','58db16685be040521b430663a0375d3c0b735f8f84f3d49f360f8ff3c27f8c99');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',16,'33a7e2a9c7ff7c3f78de5cb3',0,'f11a7eeb0f03ee655369b93d1579cccb','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000082000, "decided_at": 1700000090000}','a85675771b81e768b43fb086a3b54fe2e4181e3cbfc2e605e67756ca05187bad','58db16685be040521b430663a0375d3c0b735f8f84f3d49f360f8ff3c27f8c99','f49b78a9ad908788875be6fb1f81715e9f87e47726518b95ea0af6c3d9b9a7c7');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',17,'8e38a791e5dc93a186020d33',0,'9d17c4fb3772c6e6a038e683bc17dc78','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000090000, "decided_at": 1700000093000}','d4be65fa5bd34c1d36ab010d45fade3250e254b5da95e9b74577568f6c8c2d3a','f49b78a9ad908788875be6fb1f81715e9f87e47726518b95ea0af6c3d9b9a7c7','fd67556086abf87785c9c120dff7ba3060d2b67ab0299c9c021fccd5f8a75fd6');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',18,'08389cf836f104de5324c516',0,'70a21fe47b4a4f5a458d382890141746','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000093000, "decided_at": 1700000096000}','bd2313dded38fc241f819ac76fc243238989c47a48a34e0580802a7e6645f6e4','fd67556086abf87785c9c120dff7ba3060d2b67ab0299c9c021fccd5f8a75fd6','be9dccc5dcea2f7e5f4a1bacd95c77bc356cba30119a29257047840f1759ce0d');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',19,'427bb12fab1243307c595b25',0,'f9f9ae70a3f29e339a5a73c00435a4ad','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000096000, "decided_at": 1700000098000}','f7e027081366fb79eecb3a95fc311041d713cb1e5a459e5ac0eaec7ffd40502b','be9dccc5dcea2f7e5f4a1bacd95c77bc356cba30119a29257047840f1759ce0d','9e908af2f750e74f7bdf19cd856277b76f3ff079fd65b3ccce7146d60241b308');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',20,'53766824aacbd52cb3217b4d',0,'6372d326d02f145e441e64714255b88c','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000098000, "decided_at": 1700000102000}','63b2e301962c32a27f2c48799aba1a9b1ee6854b1574dcf83e638c559f0c1cdd','9e908af2f750e74f7bdf19cd856277b76f3ff079fd65b3ccce7146d60241b308','eb72162df73542d9a7d3a24b429335879a625fc1657cc440bdf7be34adf6ae4e');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',21,'60cc1617c3bd1a3f05ccf6f3',0,'03adb5e40af82d1788fb51f2aa178f44','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000102000, "decided_at": 1700000105000}','493faa531f967063b074f8041885479e63b61c0e8dafa4926b554a29214aa9e4','eb72162df73542d9a7d3a24b429335879a625fc1657cc440bdf7be34adf6ae4e','8700b3f81e4b239141b1d98b2377e85c576113a65510b6fd66c627b8062addb5');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',22,'268f172810dd66cc473947a5',0,'7f17168b61d3897ca749d28c3edba227','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000105000, "decided_at": 1700000109000}','bb20dace5bedf80beb2d15af20b3f5239aa106271dec21af6eac5e40a6b7d8d8','8700b3f81e4b239141b1d98b2377e85c576113a65510b6fd66c627b8062addb5','bfdfcca75616ce7d2587de749b9684595d26e6e5a7d98127932e6402bcd06685');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',23,'1f936587fb31fc073456b429',0,'b5673097761f02e7b18a39b3f50f346e','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000109000, "decided_at": 1700000111000}','dc0e89b23d962123e2b340485548458eebcc6c12cfbbcfbbefebe29426bf5b69','bfdfcca75616ce7d2587de749b9684595d26e6e5a7d98127932e6402bcd06685','a313b747c1915b90d36d7ecd8a6d405f2bdfbc06ce6783435ff1c5c5afaea78e');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',24,'69c1a4151aa95e672cfc6a5b',0,'aa6e6834ac3442193a4821933619ba92','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000111000, "decided_at": 1700000113000}','888409f606c2a43723820fb5daf18a22d48bd8d87eb1368d95d8fd6a84df5cb3','a313b747c1915b90d36d7ecd8a6d405f2bdfbc06ce6783435ff1c5c5afaea78e','2a5cd34b277d7c12a2efbdd88a252336e8f1f2a78096330e5604bd2a061f42da');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',25,'0170eb921ee5e7c3703863dc',0,'69482c6497e928628bd7e198cc984bb7','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000113000, "decided_at": 1700000118000}','5ee8cbd18cb2417d0b9bab2acfe83607baaccb08114838b6560593aac542cd9b','2a5cd34b277d7c12a2efbdd88a252336e8f1f2a78096330e5604bd2a061f42da','c0a2a4f4e11459a17362e4feb23301144f6ccb643958cef550a884af8da3715c');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',26,'ede54945a869a8cde98fc653',0,'5e40068f189b005b29fe277e65199ed3','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000118000, "decided_at": 1700000122000}','6a9ed65ba1b05a80ca3c244e5178e653a32257cc390facf74cd75d22ca2678c0','c0a2a4f4e11459a17362e4feb23301144f6ccb643958cef550a884af8da3715c','b5267c80bfef60664e3b99a422deb7d82edc92614422ddb727ebbdd51c582027');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',27,'c2c21b5b3747b5c5dfaa0158',0,'a50b2c279e3f8fb56b82e6fc6b12b713','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000122000, "decided_at": 1700000127000}','c63b5bad217127b59822011234672ec9a3d376a410a66e50403297639ce11fe5','b5267c80bfef60664e3b99a422deb7d82edc92614422ddb727ebbdd51c582027','68e67d10adbb0078e7d4c9e1466932ffae383b94f0cacd8a22ed7ba4648f86f8');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',28,'bc345559d6e49903dde5a912',0,'39147985f2c614010d27f3a24ddb4972','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000127000, "decided_at": 1700000131000}','019ef83b77c895e5ce0f37b495e6ab1f3174343bbb3a8ab42d5667598d78c6e3','68e67d10adbb0078e7d4c9e1466932ffae383b94f0cacd8a22ed7ba4648f86f8','e7d665a4ff91234e01fa0313e2b0062602193c1291769b643d908db04a0433a4');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',29,'26172de914bafee539f2b165',0,'e3856503cdeb091ccdc0f1f794a4e194','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000131000, "decided_at": 1700000138000}','0c0b68f493c967b025aeac59ba5abc7acdc9c45af81dea0bcdc4cb2d4e3a9dbd','e7d665a4ff91234e01fa0313e2b0062602193c1291769b643d908db04a0433a4','99ae4a78ddfcc156c62776a1182bdedf4b1634845c1f13fe332aab4175b5a871');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',30,'0dfbe1ad1d668eeb322074cc',0,'da5c9beccab81cff3a3bd4c0507ad413','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000138000, "decided_at": 1700000141000}','15896e49c1ebcbbf4fdd8ed96c6a37a34fdd208b65671286c9207f8631bc05c0','99ae4a78ddfcc156c62776a1182bdedf4b1634845c1f13fe332aab4175b5a871','cdd1d49402e47229a35209b779c73ab903835e6fa62ebeeb6517270443c73048');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',31,'b8292eca98ed91525df05da1',0,'cda885e8532c63058f58f20f36b5ef40','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000141000, "decided_at": 1700000147000}','36c51b685aa157c4985331c4822c3f4b5ad928aad63537b1d957ee2b12386a66','cdd1d49402e47229a35209b779c73ab903835e6fa62ebeeb6517270443c73048','a0edc63afcefe164025f430dd4f8cf1e143b2759a2c4351bf7f51cf9f32a73bd');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',32,'4257522b7f29d81dd080c6ec',0,'a8fbe0feaabfa90ee178cb9817937c68','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000147000, "decided_at": 1700000154000}','4e6e83113d2194e33600c26c26a2ea249cde680907150733b72537dba2932dd7','a0edc63afcefe164025f430dd4f8cf1e143b2759a2c4351bf7f51cf9f32a73bd','5ab6c8cb075ee2dc0e7c640edd8b0890200a6b1037ce265e9d30b191b57f0f51');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',33,'86939ea50f36a940e85c1259',0,'fbc146a0e68a5736d16d27acae2312fd','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000154000, "decided_at": 1700000157000}','ab560a1f1b57e7bc45b8975c414b417640451d3c1cd65400a2b2ff7ddf5c9ef9','5ab6c8cb075ee2dc0e7c640edd8b0890200a6b1037ce265e9d30b191b57f0f51','b15ed43cc722a3276d879adf5d047fce728e21c1beeab5238c57be12055d61d9');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',34,'34382984a6df248afe178140',0,'67253ac1356c05bc224cd9f2d67031db','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000157000, "decided_at": 1700000160000}','5c0098f0034989cbc16fed95dbc48b8e0786c2ece6498db7b9502fff8077b3d8','b15ed43cc722a3276d879adf5d047fce728e21c1beeab5238c57be12055d61d9','76dde0986200b060061884146984ea5a816e47d15e64294e55eabd0d8817bccb');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',35,'4f5793d3ac5d43ae1507fca5',0,'7fe4482927deeebd922c428e05290edc','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000160000, "decided_at": 1700000167000}','e99ffcd26ca58502b89b50e04116ee7ef6094135eb00deaf5fa385a3b19798e3','76dde0986200b060061884146984ea5a816e47d15e64294e55eabd0d8817bccb','aacbe269f9f66c6ca8fe62a0ac22e612ce046f44efb791104bde0cd735a1f67e');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',36,'cd6a4e01bb96358ee57dafed',0,'284edac5fd3c794d7507209fc60797ba','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000167000, "decided_at": 1700000175000}','eee10bceb21e89c94e10091c71085fd4e05d6a737308922c424773ae37c2bb30','aacbe269f9f66c6ca8fe62a0ac22e612ce046f44efb791104bde0cd735a1f67e','9fbeff80e005c28e4737760dafa297c8c1df412a52b4c29652d68f8a40b1738d');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',37,'8b6cf60daf39b8fd3364eafb',0,'837f7c5e738aabf830575a00016a8fec','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000175000, "decided_at": 1700000178000}','89bb2db24a736d8c288a12e329199691e8013ec2507da0a51f65a7c6b1484263','9fbeff80e005c28e4737760dafa297c8c1df412a52b4c29652d68f8a40b1738d','8efb248efe7c0d373f7e9e14bab4b40c30823b0e3a1ebe773ae47ccf59c6ccdd');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',38,'ce7ea95dc81609b85da3ede6',0,'daf0ea94943b44816cc8a51fec38f88e','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000178000, "decided_at": 1700000186000}','90863daf9616dba4bf0590310a0dd1d8da20747d23e5b2e0bda6ad0681137bfe','8efb248efe7c0d373f7e9e14bab4b40c30823b0e3a1ebe773ae47ccf59c6ccdd','baaa011c5c1047c204a46d8b9a49a2a0eb114aecbcbaeeefcb2fbd79c4924632');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',39,'a1c42985d6185fd90673bb10',0,'ad116cbe04d9df3ed4b53633afd05566','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000186000, "decided_at": 1700000188000}','ec733184573afb5f0e9ab48b149821e0cce6917a92584533a0bcb9e65f19034a','baaa011c5c1047c204a46d8b9a49a2a0eb114aecbcbaeeefcb2fbd79c4924632','a70c081c1a5f50a56be3fa960e5c8e3d0c2ed1fd5c47c0e80c97b796aa662e24');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',40,'9eb66d2942ae67b627b9e008',0,'bac79e24cbce1ef271f9a4a2c21d8a98','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000188000, "decided_at": 1700000196000}','a4b1d44de9c9a6830d986036efacb3f794867f11eca6e58946ee6cbb0693780c','a70c081c1a5f50a56be3fa960e5c8e3d0c2ed1fd5c47c0e80c97b796aa662e24','d34f1adf5a407593630200b30c9365864a0520d5925c3318c0ccef5e0206e021');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',41,'cd0b9978dfc6fab3ffc5291e',0,'d46681aed7314ac58d972b410df141ab','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000196000, "decided_at": 1700000204000}','f90a7b4f571ee672289cd59567537510c4c1a04851d87be9f9f3fb8f28cb9add','d34f1adf5a407593630200b30c9365864a0520d5925c3318c0ccef5e0206e021','4a9aed99fb6406476777ef8564c640dda619b62837ec3d43a49477491a5af006');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',42,'2558984729762ab0c5ad502f',0,'06e71e7a40ad81a6e769bc554e0b0d01','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000204000, "decided_at": 1700000207000}','3995aba3f67028571ff94a37ca07c38392d8402c34a373b11e1fc2d338cc804c','4a9aed99fb6406476777ef8564c640dda619b62837ec3d43a49477491a5af006','f6cd37536098388c902f3ed9b8498e65b1684da2decd79f35260495465044fde');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',43,'8665e4baeb2da4f798428388',0,'dda6f8f78f26470ab9aff1e9aac56cd8','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000207000, "decided_at": 1700000212000}','8adc6410249f094fe97cbd92554c9bfb9bbcb4c3241c020e2fafc3dfbad537d3','f6cd37536098388c902f3ed9b8498e65b1684da2decd79f35260495465044fde','a32fa9e3b1030badce490b4d37b8039844f88f5b62e95941ae39583786aa2764');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',44,'c2317f57345758fd7afa8243',0,'946c338134fc4d37d8b8174724231d61','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "right", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000212000, "decided_at": 1700000215000}','14aeb87db46c5282048593d3bfc78bab8950ab730c8212e29d72d2137d8432b7','a32fa9e3b1030badce490b4d37b8039844f88f5b62e95941ae39583786aa2764','f7a39821e4ee37852f1d768438583d3a216cdd8ba834c737f7bad058e7f58be7');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',45,'42de6f857b12cd496e9b8a0a',0,'77aeaf5eeb19a87d0ca1a33484b7cac8','{"act": "vote", "rater": "2f34e523cc42d14c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000215000, "decided_at": 1700000221000}','eb555db3e27b1909c8948f60c5995366bc8f70cea325b697883eac902c6f0872','f7a39821e4ee37852f1d768438583d3a216cdd8ba834c737f7bad058e7f58be7','f79052939c39c4154a34b688e9f9ff1c346a5859de1205b988d98e71f9d36701');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',46,'31007ae9f2d86fb2af14c815',0,'c0b0188b1872208311c86840066f7e2c','{"act": "vote", "rater": "a40fcf80408ff44c", "choice": "left", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000221000, "decided_at": 1700000229000}','6bb36bf8145c19e3e26e3f5a7bf792cf50a1c968ffc3e6f3340eb418dacc58c9','f79052939c39c4154a34b688e9f9ff1c346a5859de1205b988d98e71f9d36701','8dd5df5fb2653e4adeeb4df4a76122862cf953cd0e1cebb78a92bad7dc748255');
INSERT INTO "judgments" VALUES('7f3ef21033c3f757',47,'34b43e9c294cda40fe1617e1',0,'9db8d3b28c27fcc6cb9d42331aacff44','{"act": "vote", "rater": "df13aad17ce1bda6", "choice": "tie", "details": {"strength": null, "confidence": null, "tags": [], "comment": "", "both_bad": false}, "shown_at": 1700000229000, "decided_at": 1700000232000}','936d1c90dde8eac3507a1524268b1e4f72d00aa13763a1aca00e9b4a28686699','8dd5df5fb2653e4adeeb4df4a76122862cf953cd0e1cebb78a92bad7dc748255','c072293e020468236598ba5e19de0e90120dd42238bc554d3fe2696c11ab81ff');
CREATE TABLE raters (
	id VARCHAR(32) NOT NULL, 
	handle VARCHAR(64) NOT NULL, 
	identity_hash VARCHAR(64), 
	simulated BOOLEAN NOT NULL, 
	created_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	erased_at BIGINT, 
	CONSTRAINT pk_raters PRIMARY KEY (id), 
	CONSTRAINT uq_raters_handle UNIQUE (handle), 
	CONSTRAINT uq_raters_identity_hash UNIQUE (identity_hash)
);
INSERT INTO "raters" VALUES('2f34e523cc42d14c','amber',NULL,0,1700000000000,NULL,NULL);
INSERT INTO "raters" VALUES('a40fcf80408ff44c','birch',NULL,0,1700000000000,NULL,NULL);
INSERT INTO "raters" VALUES('df13aad17ce1bda6','cedar',NULL,0,1700000000000,NULL,NULL);
CREATE TABLE reports (
	study_id VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	made_at BIGINT NOT NULL, 
	CONSTRAINT pk_reports PRIMARY KEY (study_id), 
	CONSTRAINT fk_reports_study_id FOREIGN KEY(study_id) REFERENCES studies (id)
);
CREATE TABLE sealed_keys (
	study_id VARCHAR(32) NOT NULL, 
	"key" JSON NOT NULL, 
	CONSTRAINT pk_sealed_keys PRIMARY KEY (study_id), 
	CONSTRAINT fk_sealed_keys_study_id FOREIGN KEY(study_id) REFERENCES studies (id)
);
INSERT INTO "sealed_keys" VALUES('7f3ef21033c3f757','{"nonce": "0a727d705229c6fc3cf6b3b6e843e3a9", "arms": {"0ce833381d8d21b0": ["rl/500/1", "zero_shot"], "0dc705f7b9c872d4": ["zero_shot", "rl/500/1"], "5a80ed1c41c694c4": ["zero_shot", "rl/500/1"], "7f713c928bde8977": ["rl/500/1", "zero_shot"], "291af508c473a00d": ["rl/500/1", "zero_shot"], "3f4fdce53e22eb00": ["zero_shot", "rl/500/1"], "2b1331c6ad253df4": ["rl/100/1", "rl/500/1"], "0cac542132352b12": ["rl/500/1", "rl/100/1"], "30f78a02d9758e10": ["rl/100/1", "rl/500/1"], "674f25d3944d4ece": ["rl/500/1", "rl/100/1"], "148c4149dbe26c06": ["rl/100/1", "rl/500/1"], "5d40f8e1d051b6ce": ["rl/500/1", "rl/100/1"]}}');
CREATE TABLE studies (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	protocol JSON NOT NULL, 
	seal VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	created_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	unblinded_at BIGINT, 
	CONSTRAINT pk_studies PRIMARY KEY (id), 
	CONSTRAINT ck_studies_ck_studies_state CHECK (state in ('open', 'closed', 'unblinded')), 
	CONSTRAINT uq_studies_kind UNIQUE (kind, name)
);
INSERT INTO "studies" VALUES('7f3ef21033c3f757','evaluation','earlier','{"name": "earlier", "title": "Which is better?", "instructions": "Read both.", "seed": 3, "consent": "Your choices are stored under a pseudonym and used for research. You may stop at any time and have your data erased.", "quota": null, "lease_minutes": 30.0, "check_every": 3, "pass_mark": 0.75, "ask_copied": false, "ask_accuracy": false, "estimand": "ties_half", "margin": 0.1, "confidence": 0.9, "baselines": ["zero_shot"], "exclusion": {"min_gold_accuracy": 0.6, "min_repeat_consistency": 0, "min_median_seconds": 0, "min_checks": 2}, "analysis_plan": "0e77029c2d5adc5279659db38042e77d7072b8a521ae0ae53ab985c9a03ae6bc", "simulated": false, "execution": null, "responses": ["abc", "def"]}','4f8c1b53b939ff06e00d912b2d32fd5635567f59433189ded789b62080e8f2c7','closed',0,1700000000000,1700000232000,NULL);
CREATE TABLE throttles (
	bucket VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	blocked_until BIGINT NOT NULL, 
	CONSTRAINT pk_throttles PRIMARY KEY (bucket)
);
CREATE INDEX ix_events_study_id ON events (study_id);
CREATE INDEX ix_credentials_rater_id ON credentials (rater_id);
CREATE INDEX ix_flags_study_id ON flags (study_id);
CREATE INDEX ix_items_free ON items (study_id, kind, retired_at, taken, ordinal, overlap, id, stratum, flips);
CREATE INDEX ix_assignments_rater ON assignments (study_id, rater_id, state, item_id, flipped);
CREATE INDEX ix_assignments_lease ON assignments (study_id, state, leased_until);
COMMIT;
